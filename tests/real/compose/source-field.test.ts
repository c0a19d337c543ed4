import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { target } from '../../../compiler/compose/target.ts';
import { home } from '../../targets/platforms.ts';
import { dockerCompose } from './available.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-source-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('makes no container anew for what a file says of AutoGit alone', async () => {
  const { manifests } = await target.render(home());
  const text = manifests.find(({ kind }) => kind === 'compose')?.text ?? '';
  expect(text).toContain('x-autogit-source: ');
  const moved = text.replace(/x-autogit-source: .*/g, 'x-autogit-source: elsewhere');
  expect(text).toContain('x-autogit-ports:\n');
  const without = text.replace(/\n *x-autogit-(?:source: .*|ports:(?:\n +- .*)+)/g, '');
  expect(without).not.toContain('x-autogit');
  const labelled = text.replace(/autogit\.dev\/platform: home/g, 'autogit.dev/platform: house');
  const hashes = await hashesOf(text);
  expect(hashes.length).toBeGreaterThan(1);
  expect(await hashesOf(moved)).toEqual(hashes);
  expect(await hashesOf(without)).toEqual(hashes);
  expect(await hashesOf(labelled)).not.toEqual(hashes);
});

/** What Compose compares to tell whether a container is current, by service. */
async function hashesOf(text: string): Promise<readonly string[]> {
  await writeFile(join(folder, 'compose.yaml'), text);
  const secrets = [...text.matchAll(/AUTOGIT_SECRET_\w+/g)].map(([name]) => [name, 'value']);
  const options = { cwd: folder, env: { HOME: folder, ...Object.fromEntries(secrets) } };
  return new Promise((resolve, reject) => {
    execFile(dockerCompose().path, ['config', '--hash', '*'], options, (error, stdout) =>
      error === null ? resolve(stdout.trim().split('\n').sort()) : reject(error),
    );
  });
}

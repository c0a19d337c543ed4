import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAll } from '../../scripts/build/build-all.ts';
import { codeBlocks, documents, root } from './documents.ts';

/**
 * A fenced block whose info string is `sh run` is run, in the order of its document, in a scratch copy of this clone.
 * `sh run exit=N` expects another exit code than 0.
 */
const blocks = documents().flatMap(({ path, text }) =>
  codeBlocks(text)
    .filter(({ info }) => /^sh run\b/.test(info))
    .map(({ info, code, line }) => ({
      place: `${path}:${line}`,
      code,
      exit: Number(/exit=(\d+)/.exec(info)?.[1] ?? 0),
    })),
);

let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'autogit-docs-'));
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  for (const path of listed.split('\n')) {
    if (path === '' || path.startsWith('tests/') || !existsSync(join(root, path))) continue;
    mkdirSync(join(scratch, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(scratch, path), { preserveTimestamps: true });
  }
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
  mkdirSync(join(scratch, '.tools'));
  symlinkSync(process.execPath, join(scratch, '.tools/node'));
  await buildAll(scratch);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('blocks marked to be run', () => {
  it.each(blocks)('do what they say at $place', ({ code, exit }) => {
    const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', code], {
      cwd: scratch,
      encoding: 'utf8',
    });
    expect(status, `${stdout}\n${stderr}`).toBe(exit);
  });

  it('are there, the first steps among them', () => {
    expect(blocks.filter(({ place }) => place.startsWith('README.md:')).length).toBeGreaterThan(2);
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../cli/main.ts');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-plan-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('tells each thing that the policy refuses once, at its line of the file that was named', async () => {
  const service = (name: string, path: string) =>
    `  ${name}: { image: "x:1", volumes: { data: { path: /data, hostPath: ${path} } } }\n`;
  await writeFile(
    join(folder, 'lab.yaml'),
    `name: lab\ndomain: lab.test\nservices:\n${service('first', '/etc')}${service('second', '/root')}`,
  );
  const { code, err } = await autogit(['plan', '--file', 'lab.yaml', '--state', 'state']);
  expect(code).toBe(1);
  expect(err.split('\n').map((line) => line.replace(/,? (which|and|;) .*/, ''))).toEqual([
    expect.stringMatching(
      / by the policy of this machine: lab\.yaml:4:10 AG610 service first mounts the host folder \/etc$/,
    ),
    'lab.yaml:5:11 AG610 service second mounts the host folder /root',
    '',
  ]);
});

function autogit(args: readonly string[]): Promise<{ code: number; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd: folder }, (error, _, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, err: stderr });
    });
  });
}

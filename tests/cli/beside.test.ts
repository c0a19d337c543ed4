import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { filesBeside } from '../../cli/beside.ts';
import { limits } from '../../schema/limits.ts';

const base = mkdtempSync(join(tmpdir(), 'autogit-beside-'));
const folder = join(base, 'platform');
mkdirSync(join(folder, 'conf'), { recursive: true });
writeFileSync(join(base, 'outside.conf'), 'outside');
writeFileSync(join(folder, 'conf/a.conf'), 'x: 1\n');
symlinkSync('conf/a.conf', join(folder, 'inside'));
symlinkSync(join(base, 'outside.conf'), join(folder, 'leads-out'));
symlinkSync('loop', join(folder, 'loop'));
writeFileSync(join(folder, 'large'), Buffer.alloc(limits.bytes * 2, 'x'));
mkdirSync(join(folder, 'module/.git'), { recursive: true });
mkdirSync(join(folder, '.git'));
writeFileSync(join(folder, '.git/config'), 'token');
writeFileSync(join(folder, 'module/.git/config'), 'token');
writeFileSync(join(folder, '.gitignore'), '/rendered\n');
symlinkSync('.git', join(folder, 'git'));
execFileSync('mkfifo', [join(folder, 'pipe')]);
afterAll(() => rmSync(base, { recursive: true }));

const read = filesBeside(join(folder, 'autogit.yaml'));

it('reads files of the folder, also through a link within it', async () => {
  expect(Buffer.from((await read('conf/a.conf')) ?? []).toString()).toBe('x: 1\n');
  expect(Buffer.from((await read('inside')) ?? []).toString()).toBe('x: 1\n');
});

it.each([
  'nothing',
  'conf/a.conf/below',
  'leads-out',
  'loop',
  'conf',
  'pipe',
  '.git/config',
  'git/config',
  'module/.git/config',
])('has no file called %s', async (path) => {
  expect(await read(path)).toBeUndefined();
});

it('reads files whose names only begin like the folder of Git', async () => {
  expect((await read('.gitignore'))?.length).toBe(10);
});

it('reads no more of a large file than it takes to see that it is too large', async () => {
  expect((await read('large'))?.length).toBe(limits.bytes + 1);
});

import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** In place of the real bundle, which has a test of its own: the command line of three lines as it is. */
const plainBuild = `import { cp } from 'node:fs/promises';
export async function buildCli(root: string, dist: string): Promise<string> {
  await cp(root + '/cli/main.ts', dist + '/autogit.mjs');
  return 'dist/autogit.mjs';
}
`;

/** A clone with this project's starter, bootstrap and build steps, and a command line of three lines. */
async function plantClone(): Promise<string> {
  const clone = await mkdtemp(join(tmpdir(), 'autogit-bin-'));
  onTestFinished(() => rm(clone, { recursive: true, force: true }));
  for (const path of ['bin', 'scripts', 'package.json', 'package-lock.json']) {
    await cp(join(root, path), join(clone, path), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'));
  await mkdir(join(clone, 'cli'));
  await writeFile(join(clone, 'scripts/build/cli.ts'), plainBuild);
  await say(clone, 'first');
  return clone;
}

async function say(clone: string, word: string): Promise<void> {
  const code = `console.log('${word}', process.cwd(), ...process.argv.slice(2));\nprocess.exitCode = 2;\n`;
  await writeFile(join(clone, 'cli/main.ts'), code);
}

function run(program: string, cwd: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', env: { HOME: cwd, PATH } });
  return { code: status, out: stdout, err: stderr };
}

describe('bin/autogit', () => {
  it('builds at first use, with its progress on stderr, and hands on arguments, folder and exit code', async () => {
    const clone = await plantClone();
    const { code, out, err } = run(join(clone, 'bin/autogit'), tmpdir(), 'compile', 'a b');
    expect({ code, out }).toEqual({ code: 2, out: `first ${tmpdir()} compile a b\n` });
    expect(err).toBe('autogit: first use of this clone: setting it up …\n');
  });

  it('starts the bundle at once the next time', async () => {
    const clone = await plantClone();
    run(join(clone, 'bin/autogit'), clone);
    await rm(join(clone, 'scripts'), { recursive: true });
    expect(run(join(clone, 'bin/autogit'), clone)).toEqual({ code: 2, out: `first ${clone}\n`, err: '' });
  });

  it('works through links, relative and absolute, from any folder', async () => {
    const clone = await plantClone();
    const elsewhere = await mkdtemp(join(tmpdir(), 'autogit-elsewhere-'));
    onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
    await symlink(join(clone, 'bin/autogit'), join(elsewhere, 'one'));
    await symlink('one', join(elsewhere, 'two'));
    expect(run(join(elsewhere, 'two'), elsewhere, 'x').out).toBe(`first ${elsewhere} x\n`);
    expect(run('./two', elsewhere, 'y').out).toBe(`first ${elsewhere} y\n`);
  });

  it('builds anew when a source is newer', async () => {
    const clone = await plantClone();
    run(join(clone, 'bin/autogit'), clone);
    await say(clone, 'second');
    const later = new Date(Date.now() + 2000);
    await utimes(join(clone, 'cli/main.ts'), later, later);
    expect(run(join(clone, 'bin/autogit'), clone).out).toContain('second');
  });

  it('says what is missing when there is no node at all', async () => {
    const clone = await plantClone();
    const bare = await mkdtemp(join(tmpdir(), 'autogit-path-'));
    onTestFinished(() => rm(bare, { recursive: true, force: true }));
    for (const name of ['sh', 'dirname', 'readlink', 'find', 'head'])
      await symlink(`/usr/bin/${name}`, join(bare, name));
    const { status, stderr } = spawnSync(join(clone, 'bin/autogit'), [], { encoding: 'utf8', env: { PATH: bare } });
    expect(status).toBe(69);
    expect(stderr).toContain('there is no node on the path; install Node 18 or later');
  });
});

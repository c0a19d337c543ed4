import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '../..');
const load = createRequire(import.meta.url);
const { isSuitable, PACKAGES } = load(join(root, 'scripts/bootstrap/node.cjs')) as {
  isSuitable(version: string): boolean;
  PACKAGES: Readonly<Record<string, { readonly name: string; readonly version: string; readonly integrity: string }>>;
};
const { modulesMatch } = load(join(root, 'scripts/bootstrap/modules.cjs')) as { modulesMatch(root: string): boolean };

interface End {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const lock = { packages: { '': {}, 'node_modules/thing': { version: '1.0.0', integrity: 'sha512-a' } } };

/**
 * A clone with this bootstrap, one command that prints, and an npm of its own on the path: `npm` is the body of a
 * shell script. The real npm is not used, so that the test needs no network.
 */
async function plantClone(
  npm: string,
): Promise<{ readonly clone: string; run(...args: string[]): ReturnType<typeof start> }> {
  const clone = await mkdtemp(join(tmpdir(), 'autogit-clone-'));
  onTestFinished(() => rm(clone, { recursive: true, force: true }));
  await cp(join(root, 'scripts/bootstrap.cjs'), join(clone, 'scripts/bootstrap.cjs'), { recursive: true });
  await cp(join(root, 'scripts/bootstrap'), join(clone, 'scripts/bootstrap'), { recursive: true });
  await writeFile(join(clone, 'package-lock.json'), JSON.stringify(lock));
  await writeFile(
    join(clone, 'scripts/say.ts'),
    "const [code] = process.argv.slice(2);\nprocess.stdout.write('said\\n');\nif (code === 'wait') setInterval(() => {}, 1000);\nelse process.exitCode = Number(code ?? 0);\n",
  );
  await mkdir(join(clone, 'path'));
  await writeFile(join(clone, 'path/npm'), `#!/bin/sh\necho "$@" >> npm.log\n${npm}\n`);
  await chmod(join(clone, 'path/npm'), 0o755);
  return { clone, run: (...args) => start(clone, args) };
}

function start(
  clone: string,
  args: readonly string[],
): { readonly pid: number; readonly end: Promise<End>; readonly said: Promise<unknown> } {
  const { npm_execpath: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(clone, 'scripts/bootstrap.cjs'), ...args], {
    env: { ...env, PATH: `${join(clone, 'path')}:${dirname(process.execPath)}:${process.env.PATH}` },
  });
  let out = '';
  let err = '';
  const said = once(child.stdout, 'data');
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const end = once(child, 'close').then(([code]): End => ({ code, out, err }));
  return { pid: child.pid ?? 0, end, said };
}

/** What a real `npm ci` leaves: its record of what it installed, written last. */
const installs = 'sleep 0.3; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json';

describe('the bootstrap', () => {
  it('installs the packages once, then only starts the command', async () => {
    const { clone, run } = await plantClone(installs);
    const first = await run('say').end;
    expect(first).toMatchObject({ code: 0, out: 'said\n' });
    expect(first.err).toContain('installing the packages of package-lock.json');
    const second = await run('say').end;
    expect(second).toEqual({ code: 0, out: 'said\n', err: '' });
    expect(await readFile(join(clone, 'npm.log'), 'utf8')).toMatch(/^ci --ignore-scripts [^\n]*\n$/);
  });

  it('installs again when the lock file names another version', async () => {
    const { clone, run } = await plantClone(installs);
    await run('say').end;
    const changed = { packages: { '': {}, 'node_modules/thing': { version: '1.0.1', integrity: 'sha512-b' } } };
    await writeFile(join(clone, 'package-lock.json'), JSON.stringify(changed));
    expect((await run('say').end).err).toContain('installing');
  });

  it('sets up once when three commands start at the same time', async () => {
    const { clone, run } = await plantClone(installs);
    const ends = await Promise.all([run('say').end, run('say').end, run('say').end]);
    expect(ends.map(({ code, out }) => `${code} ${out}`)).toEqual(['0 said\n', '0 said\n', '0 said\n']);
    expect((await readFile(join(clone, 'npm.log'), 'utf8')).trim().split('\n')).toHaveLength(1);
  });

  it('takes over the lock of a set-up that was killed', async () => {
    const { clone, run } = await plantClone(installs);
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    await mkdir(join(clone, '.tools/modules.lock'), { recursive: true });
    await writeFile(join(clone, '.tools/modules.lock/owner'), String(dead.pid));
    expect(await run('say').end).toMatchObject({ code: 0, out: 'said\n' });
  });

  it('says that the registry cannot be reached, and leaves no lock behind', async () => {
    const { run } = await plantClone(
      "echo 'npm error code ENOTFOUND' >&2; echo 'npm error network request failed' >&2; exit 1",
    );
    const first = await run('say').end;
    expect(first).toMatchObject({ code: 69, out: '' });
    expect(first.err).toContain('the npm registry cannot be reached; check the network, the proxy');
    expect((await run('say').end).code).toBe(69);
  });

  it('hands on the exit code of the command', async () => {
    const { run } = await plantClone(installs);
    expect((await run('say', '7').end).code).toBe(7);
  });

  it('hands a signal on to the command', async () => {
    const { run } = await plantClone(installs);
    await run('say').end;
    const waiting = run('say', 'wait');
    await waiting.said;
    process.kill(waiting.pid, 'SIGTERM');
    expect((await waiting.end).code).toBe(143);
  });

  it('names the commands there are', async () => {
    const { run } = await plantClone(installs);
    expect(await run('sing').end).toMatchObject({ code: 64, err: "autogit: there is no command 'sing'; known: say\n" });
  });

  it('leaves a link to the Node it uses, for bin/autogit', async () => {
    const { clone, run } = await plantClone(installs);
    await run('say').end;
    expect(await readlink(join(clone, '.tools/node'))).toBe(process.execPath);
  });
});

describe('which Node will do', () => {
  it.each(['v18.20.4', 'v20.20.2', 'v22.21.9', 'v23.11.0'])('not %s', (version) => {
    expect(isSuitable(version)).toBe(false);
  });

  it.each(['v22.22.0', 'v24.0.0', 'v26.1.0'])('%s', (version) => {
    expect(isSuitable(version)).toBe(true);
  });

  it('is what package.json says, and what is fetched', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
    expect(manifest.engines.node).toBe('^22.22 || >=24');
    for (const { version, integrity } of Object.values(PACKAGES)) {
      expect(isSuitable(version)).toBe(true);
      expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
    }
  });
});

describe('the lock file', () => {
  it('is what node_modules holds here', () => {
    expect(modulesMatch(root)).toBe(true);
  });

  it('names the optional packages of every platform, without which npm ci refuses to start', async () => {
    type Entry = { readonly optionalDependencies?: Readonly<Record<string, string>> };
    const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Readonly<Record<string, Entry>>;
    };
    const missing = Object.entries(packages).flatMap(([place, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${place}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });
});

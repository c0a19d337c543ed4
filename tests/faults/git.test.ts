import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGitSource } from '../../reconciler/follow/git.ts';
import { ok } from '../../reconciler/model/result.ts';
import { Secret } from '../../reconciler/model/secret.ts';
import type { Source } from '../../reconciler/ports/source.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { startGitServer } from '../follow/git-http.ts';
import { createRepository, type TestRepository } from '../follow/git-repository.ts';
import { realClock } from '../follow/real-clock.ts';

let folder: string;
let state: string;
let mirror: string;
let repository: TestRepository;
const never = new AbortController().signal;
const unshare = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];
const canMount = spawnSync('unshare', [...unshare, 'true']).status === 0;
const child = join(import.meta.dirname, 'git-child.ts');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'autogit-git-faults-'));
  state = join(folder, 'state');
  mirror = join(state, 'mirror.git');
  repository = createRepository(folder);
  repository.commit({ 'autogit.yaml': 'name: first\n' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function follow(options: Partial<Parameters<typeof createGitSource>[0]> = {}): Source {
  return createGitSource({
    url: repository.url,
    branch: 'main',
    path: 'autogit.yaml',
    directory: state,
    clock: realClock,
    log: silentLog,
    allowFileProtocol: true,
    ...options,
  });
}

describe('a mirror that is damaged is made anew', { timeout: 180_000 }, () => {
  const objects = (): string[] =>
    readdirSync(join(mirror, 'objects'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  const cases: readonly (readonly [string, () => void])[] = [
    [
      'every object is empty',
      () =>
        objects().forEach((path) => {
          truncateSync(path, 0);
        }),
    ],
    [
      'every object is gone',
      () =>
        objects().forEach((path) => {
          rmSync(path);
        }),
    ],
    ['the ref is empty', () => truncateSync(join(mirror, 'refs/autogit/head'), 0)],
    ['the ref is gone', () => rmSync(join(mirror, 'refs/autogit/head'))],
    ['a lock of a killed fetch is left', () => writeFileSync(join(mirror, 'refs/autogit/head.lock'), '')],
    ['HEAD is gone', () => rmSync(join(mirror, 'HEAD'))],
    ['its config is garbage', () => writeFileSync(join(mirror, 'config'), '\0[core')],
    [
      'it is an empty folder',
      () => {
        rmSync(mirror, { recursive: true });
        mkdirSync(mirror);
      },
    ],
    [
      'it is a file',
      () => {
        rmSync(mirror, { recursive: true });
        writeFileSync(mirror, '');
      },
    ],
  ];
  for (const [what, damage] of cases) {
    it(`when ${what}, for the same commit and for the next one`, async () => {
      await follow().head(never);
      damage();
      expect(await follow().head(never)).toMatchObject({
        ok: true,
        value: { text: 'name: first\n', rewritten: false },
      });
      damage();
      repository.commit({ 'autogit.yaml': 'name: second\n' });
      expect(await follow().head(never)).toMatchObject({
        ok: true,
        value: { text: 'name: second\n', rewritten: false },
      });
      expect(readdirSync(state).filter((name) => /^mirror/.test(name))).toEqual(['mirror.git']);
    });
  }

  it('when a blob holds other bytes than its id says', async () => {
    await follow().head(never);
    const id = repository.git('rev-parse', 'HEAD:autogit.yaml');
    const other = repository.git('hash-object', '-w', '--literally', '--stdin', '-t', 'blob');
    const loose = (root: string, object: string): string => join(root, 'objects', object.slice(0, 2), object.slice(2));
    const path = loose(mirror, id);
    rmSync(join(mirror, 'objects'), { recursive: true });
    cpSync(join(repository.work, '.git', 'objects'), join(mirror, 'objects'), { recursive: true });
    rmSync(path, { force: true });
    writeFileSync(path, readFileSync(loose(join(repository.work, '.git'), other)));
    expect(await follow().head(never)).toMatchObject({ ok: true, value: { text: 'name: first\n' } });
  });
});

describe('a fetch that is killed', { timeout: 180_000 }, () => {
  it('leaves nothing that stops the next one', async () => {
    repository.commit({ 'big.bin': Buffer.from(Array.from({ length: 400_000 }, (_, index) => (index * 7919) % 251)) });
    const server = await startGitServer({ root: join(folder, 'server') });
    const url = `${server.url}/platform.git`;
    for (const post of [1, 2]) {
      let posts = 0;
      const reached = new Promise<void>((done) => {
        server.onPack = () => {
          posts += 1;
          if (posts === post) done();
        };
      });
      const victim = spawn(process.execPath, [child, url, state], { detached: true, stdio: 'ignore' });
      await reached;
      process.kill(-(victim.pid ?? 0), 'SIGKILL');
      await new Promise((done) => victim.on('exit', done));
    }
    server.onPack = undefined;
    expect(await follow({ url }).head(never)).toMatchObject({ ok: true, value: { text: 'name: first\n' } });
    await server.close();
  });
});

describe('nothing from outside reaches git, and nothing from git runs', { timeout: 180_000 }, () => {
  it('hides the environment from git, and the token from the argument list (G17, G20)', async () => {
    const server = await startGitServer({ root: join(folder, 'server') });
    const token = 'c4nary-t0ken';
    process.env.FORGE_TOKEN = 'planted';
    const seen: { readonly command: string; readonly environment: string }[] = [];
    server.instead = (_, response) => {
      for (const pid of descendants(process.pid)) {
        seen.push({ command: read(`/proc/${pid}/cmdline`), environment: read(`/proc/${pid}/environ`) });
      }
      response.writeHead(503).end();
    };
    await follow({
      url: `${server.url}/platform.git`,
      credentials: { token: () => Promise.resolve(ok(new Secret(token))) },
    }).head(never);
    delete process.env.FORGE_TOKEN;
    await server.close();
    expect(seen.filter(({ command }) => command.includes('ls-remote')).length).toBeGreaterThan(0);
    for (const { command, environment } of seen.filter(({ command }) => command.includes('git'))) {
      expect(environment).not.toContain('FORGE_TOKEN');
      expect(environment).toContain('GIT_CONFIG_NOSYSTEM=1');
      expect(command).not.toContain(token);
    }
  });

  it('runs no hook, not even one in the mirror', async () => {
    await follow().head(never);
    mkdirSync(join(mirror, 'hooks'), { recursive: true });
    for (const hook of ['reference-transaction', 'post-update', 'post-checkout']) {
      writeFileSync(join(mirror, 'hooks', hook), `#!/bin/sh\ntouch ${join(folder, 'pwned')}\n`, { mode: 0o755 });
    }
    repository.commit({ 'autogit.yaml': 'name: second\n' });
    expect(await follow().head(never)).toMatchObject({ ok: true });
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  it('is not deceived by replaced objects, neither of the server nor in the mirror (G13, T25)', async () => {
    const commit = repository.git('rev-parse', 'HEAD');
    const evil = repository.commit({ 'autogit.yaml': 'name: evil\n' });
    repository.push('--force', `${commit}:main`, `${evil}:refs/replace/${commit}`);
    await follow().head(never);
    execFileSync('git', ['--git-dir', mirror, 'fetch', '--quiet', repository.bare, `+${evil}:refs/replace/${commit}`]);
    rmSync(join(state, 'seen.json'));
    expect(await follow().head(never)).toMatchObject({ value: { revision: commit, text: 'name: first\n' } });
  });

  it('takes a branch name for a name and never for an option', async () => {
    for (const branch of [
      `--upload-pack=touch ${join(folder, 'pwned')}`,
      '-x',
      'a..b',
      'a b',
      '@{-1}',
      'x^{commit}',
      '',
    ]) {
      expect(await follow({ branch, directory: join(folder, 'other') }).head(never)).toMatchObject({
        failure: { kind: 'rejected', detail: `"${branch}" cannot be the name of a branch; correct gitops.branch` },
      });
    }
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  it('keeps its files to itself', async () => {
    await follow().head(never);
    expect(
      spawnSync('find', [state, '-maxdepth', '1', '-perm', '/077', '-not', '-name', 'mirror.git']).stdout.toString(),
    ).toBe('');
  });

  it.skipIf(spawnSync('strace', ['-V']).error !== undefined)(
    'starts git and its transport, and nothing else',
    async () => {
      const trace = join(folder, 'trace');
      const server = await startGitServer({ root: join(folder, 'server') });
      const options = ['-f', '-qq', '-e', 'trace=execve', '-e', 'signal=none', '-o', trace];
      const traced = spawn('strace', [...options, process.execPath, child, `${server.url}/platform.git`, state], {
        stdio: 'ignore',
      });
      await new Promise((done) => traced.on('exit', done));
      await server.close();
      const programs = [...readFileSync(trace, 'utf8').matchAll(/execve\("([^"]+)".* = 0$/gm)].map(([, path]) =>
        path?.split('/').at(-1),
      );
      expect([...new Set(programs)].sort()).toEqual(['git', 'git-remote-http', 'node']);
    },
  );
});

describe('a machine that does not play along', { timeout: 180_000 }, () => {
  it('an SSH server that is not there', async () => {
    expect(await follow({ url: 'ssh://git@127.0.0.1:1/ada/platform.git' }).head(never)).toMatchObject({
      failure: { kind: 'unreachable', detail: expect.stringContaining('check that the server runs') },
    });
  });

  it.skipIf(!canMount)('a disk that is too small for the repository', () => {
    repository.commit({ 'big.bin': randomBytes(3_000_000) });
    mkdirSync(state);
    const mount = `mount -t tmpfs -o size=1m tmpfs ${state} && exec "$0" "$1" "$2" "$3"`;
    const { stdout } = spawnSync(
      'unshare',
      [...unshare, 'sh', '-c', mount, process.execPath, child, repository.url, state],
      {
        encoding: 'utf8',
      },
    );
    expect(JSON.parse(stdout)).toMatchObject({
      failure: {
        kind: 'rejected',
        detail: expect.stringContaining('the disk of the state folder is full; free some space on it'),
      },
    });
  });

  it('a call that is stopped leaves no process behind', async () => {
    const server = await startGitServer({ root: join(folder, 'server') });
    const stop = new AbortController();
    server.instead = () => void setTimeout(() => stop.abort(), 50);
    expect(await follow({ url: `${server.url}/platform.git` }).head(stop.signal)).toMatchObject({
      failure: { kind: 'cancelled' },
    });
    const left = (): string[] =>
      descendants(process.pid)
        .map((pid) => read(`/proc/${pid}/cmdline`))
        .filter((line) => line.includes('git'));
    for (let waited = 0; waited < 30_000 && left().length > 0; waited += 50)
      await new Promise((done) => setTimeout(done, 50));
    expect(left()).toEqual([]);
    await server.close();
  });

  it('a state folder that is a file', async () => {
    writeFileSync(join(folder, 'taken'), '');
    expect(await follow({ directory: join(folder, 'taken', 'source') }).head(never)).toMatchObject({
      failure: { kind: 'rejected', detail: expect.stringContaining('cannot be used (ENOTDIR)') },
    });
  });
});

/** Process ids below `root`, from /proc. */
function descendants(root: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), parent: Number(read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[1]) }));
  const below = (pid: number): number[] =>
    parents.filter(({ parent }) => parent === pid).flatMap((entry) => [entry.pid, ...below(entry.pid)]);
  return below(root);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

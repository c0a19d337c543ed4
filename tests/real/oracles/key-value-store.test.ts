import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheConfig, startScript } from '../../../library/key-value-config.ts';
import { freePort } from '../free-port.ts';

interface Server {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly said: () => string;
}

/** Configuration and start script of the cache, run by a real shell with a real Redis of the Debian package. */
describe('the cache', () => {
  let dir: string;
  let port: number;
  let running: Server[] = [];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-cache-'));
    port = await freePort();
    for (const folder of ['data', 'tmp']) mkdirSync(join(dir, folder));
    password('admin', 'canary-admin');
    password('shop', `it's \\ $HOME "quoted" %s`);
    password('wiki', 'canary-wiki');
  });

  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
    running = [];
    rmSync(dir, { recursive: true, force: true });
  });

  it('lets each client in with its own password, whatever characters that has', async () => {
    await start();
    expect(await ask(`it's \\ $HOME "quoted" %s`, 'set', 'a', '1')).toBe('OK');
    expect(await ask('canary-wiki', 'get', 'a')).toBe('1');
    expect(await ask('canary-wrong', 'get', 'a')).toContain('WRONGPASS');
    expect(await ask('', 'get', 'a')).toContain('NOAUTH');
  });

  it('lets no client administer the server, or empty the databases of others', async () => {
    await start();
    for (const command of [
      ['config', 'get', 'dir'],
      ['acl', 'list'],
      ['flushall'],
      ['shutdown'],
      ['swapdb', '0', '1'],
    ]) {
      expect(await ask('canary-wiki', ...command), command.join(' ')).toContain('NOPERM');
    }
    expect(await ask('canary-wiki', '-n', '5', 'flushdb')).toBe('OK');
    expect(await ask('canary-wiki', 'info', 'server')).toContain('redis_version');
  });

  it('answers the health check, and nothing else, without a secret', async () => {
    await start();
    expect(await probe('ping')).toBe('PONG');
    expect(await probe('get', 'a')).toContain('NOPERM');
  });

  it('keeps what was written when it is killed', async () => {
    const first = await start();
    await ask('canary-wiki', 'set', 'kept', 'yes');
    await vanishes(first, 1500);
    await start();
    expect(await ask('canary-wiki', 'get', 'kept')).toBe('yes');
  });

  it('refuses to write when its memory is full, or makes room if told to', async () => {
    await start({ memoryBytes: 4 * 2 ** 20 });
    expect(await fill()).toContain('OOM');
    for (const each of running) await vanishes(each);
    rmSync(join(dir, 'data'), { recursive: true });
    mkdirSync(join(dir, 'data'));
    await start({ memoryBytes: 4 * 2 ** 20, eviction: 'least-recent' });
    expect(await fill()).toBe('OK');
  });

  it('comes back from a dump with the same data, and goes on keeping it', async () => {
    const first = await start();
    await ask('canary-wiki', 'set', 'a', 'before');
    await ask('canary-wiki', '-n', '7', 'rpush', 'queue', 'one', 'two');
    const env = { REDISCLI_AUTH: 'canary-admin' };
    const args = ['-p', String(port), '--user', 'admin', '--rdb', '-'];
    const dump = await promisify(execFile)('redis-cli', args, { env: { ...process.env, ...env }, encoding: 'buffer' });
    await vanishes(first);
    rmSync(join(dir, 'data'), { recursive: true });
    mkdirSync(join(dir, 'data'));
    writeFileSync(join(dir, 'data/restore.rdb'), dump.stdout);
    const second = await start();
    expect(await ask('canary-wiki', 'get', 'a')).toBe('before');
    expect(await ask('canary-wiki', '-n', '7', 'lrange', 'queue', '0', '-1')).toBe('one\ntwo');
    expect(existsSync(join(dir, 'data/restore.rdb'))).toBe(false);
    await ask('canary-wiki', 'set', 'a', 'after');
    await vanishes(second, 1500);
    await start();
    expect(await ask('canary-wiki', 'get', 'a')).toBe('after');
  });

  it('does not start without a password, and says which file is empty', async () => {
    password('wiki', '');
    const server = launch();
    expect(await server.ended).not.toBe(0);
    expect(server.said()).toContain(`${join(dir, 'wiki')} is empty or missing`);
  });

  it('is reached by nobody while it has no clients', async () => {
    await start({}, []);
    expect(await ask('', 'get', 'a')).toContain('NOAUTH');
  });

  it('writes no password to its log or its files', async () => {
    const server = await start();
    await ask('canary-wiki', 'set', 'a', '1');
    expect(server.said()).not.toContain('canary');
    const users = readFileSync(join(dir, 'tmp/users.acl'), 'utf8');
    expect(users).not.toContain('canary');
    expect(users).toContain(createHash('sha256').update('canary-wiki').digest('hex'));
  });

  it('would be refused with a directive that the program does not know', async () => {
    const server = launch({}, ['shop'], (text) => text.replace('maxmemory-policy', 'maxmemory-polcy'));
    expect(await server.ended).not.toBe(0);
    expect(server.said()).toContain('FATAL CONFIG FILE ERROR');
  });

  function password(name: string, text: string): void {
    writeFileSync(join(dir, name), text === '' ? '' : `${text}\n`);
  }

  async function start(options: Parameters<typeof launch>[0] = {}, clients = ['shop', 'wiki']): Promise<Server> {
    const server = launch(options, clients);
    for (const end = Date.now() + 60_000; (await probe('ping')) !== 'PONG'; await sleep(50)) {
      if (server.child.exitCode !== null || Date.now() > end) throw new Error(`not up: ${server.said()}`);
    }
    return server;
  }

  /** The rendered files with the folders and the port of this test. */
  function launch(
    { memoryBytes = 2 ** 28, eviction = 'none' }: { memoryBytes?: number; eviction?: 'none' | 'least-recent' } = {},
    clients = ['shop', 'wiki'],
    changed = (text: string) => text,
  ): Server {
    const data = join(dir, 'data');
    const temporaryFolder = join(dir, 'tmp');
    const config = cacheConfig({ port, dataFolder: data, temporaryFolder, memoryBytes, eviction, persistent: true });
    writeFileSync(join(dir, 'cache.conf'), changed(config));
    const script = startScript({
      program: 'redis',
      configPath: join(dir, 'cache.conf'),
      dataFolder: data,
      temporaryFolder,
      adminPasswordFile: join(dir, 'admin'),
      passwordFiles: clients.map((name) => join(dir, name)),
      persistent: true,
    });
    writeFileSync(join(dir, 'start.sh'), script);
    const child = spawn('/bin/sh', [join(dir, 'start.sh')]);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        said += bytes;
      });
    }
    const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
    const server = { child, ended, said: () => said };
    running.push(server);
    return server;
  }

  /** The health check, with another command. */
  function probe(...command: string[]): Promise<string> {
    const user = ['--no-auth-warning', '--user', 'probe', '--pass', 'probe'];
    return run('redis-cli', ['-p', String(port), '-e', ...user, ...command]);
  }

  /** Without a chance to write; after a moment, in which the log is written once a second. */
  async function vanishes({ child, ended }: Server, afterMs = 0): Promise<void> {
    await sleep(afterMs);
    child.kill('SIGKILL');
    await ended;
  }

  async function fill(): Promise<string> {
    let answer = '';
    for (let i = 0; i < 60 && !answer.includes('OOM'); i++) {
      answer = await ask('canary-wiki', 'setrange', `key-${i}`, '100000', 'x');
      if (!answer.includes('OOM')) answer = 'OK';
    }
    return answer;
  }

  function ask(secret: string, ...command: string[]): Promise<string> {
    return run('redis-cli', ['-p', String(port), ...command], secret === '' ? {} : { REDISCLI_AUTH: secret });
  }

  function run(program: string, args: string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    return new Promise((done) => {
      execFile(program, args, { env: { PATH: process.env.PATH, ...env } }, (_, out, err) =>
        done(`${out}${err}`.trim()),
      );
    });
  }
});

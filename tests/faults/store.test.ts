import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreDown } from '../../reconciler/model/store-down.ts';
import type { Log } from '../../reconciler/ports/log.ts';
import { openStore, type StoreOptions } from '../../reconciler/record/store.ts';
import { pull } from '../contract/store-samples.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { realClock } from '../follow/real-clock.ts';

let directory: string;
const child = join(import.meta.dirname, 'store-child.ts');
const root = process.getuid?.() === 0;
const unshare = ['--mount', ...(root ? [] : ['--map-root-user'])];
const canMount = spawnSync('unshare', [...unshare, 'true']).status === 0;
const canTrace = spawnSync('strace', ['-V']).error === undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'autogit-store-faults-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (more: Partial<StoreOptions> = {}) =>
  openStore({ directory, clock: realClock, log: silentLog, adoptOnlyWhenNew: false, busyTimeoutMs: 100, ...more });

function down(body: () => unknown): StoreDown {
  try {
    body();
  } catch (error) {
    if (error instanceof StoreDown) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

type Line = Partial<{
  intended: number;
  concluded: number;
  failedToConclude: number;
  down: string;
  message: string;
  code: number;
  interrupted: number;
}>;

/** Runs the child and returns what it said. */
function run(command: string, args: readonly string[]): readonly Line[] {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (stderr !== '' && stdout === '') throw new Error(stderr);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

/** Runs the child with another file system at its state folder. */
function runOn(mount: string, mode: string): readonly Line[] {
  return run('unshare', [
    ...unshare,
    'sh',
    '-c',
    `${mount} && exec "$0" "$1" "$2" "$3"`,
    process.execPath,
    child,
    directory,
    mode,
  ]);
}

async function hold(): Promise<ChildProcess> {
  const holder = spawn(process.execPath, [child, directory, 'hold'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((done) => holder.stdout.once('data', done));
  return holder;
}

async function end(process: ChildProcess): Promise<void> {
  process.kill('SIGKILL');
  await new Promise((done) => process.once('exit', done));
}

describe('one reconciler for one state folder', { timeout: 180_000 }, () => {
  it('refuses the second one, names the first, and takes over when that was killed', async () => {
    const holder = await hold();
    const refused = down(open);
    expect(refused.reason).toBe('locked');
    expect(refused.message).toMatch(
      new RegExp(
        `^the state folder ${directory} is in use by process ${holder.pid} on ${hostname()} since [\\d:TZ-]+; stop that reconciler, or name another folder with --state$`,
      ),
    );
    await end(holder);
    const said: unknown[] = [];
    const log: Log = { ...silentLog, warn: (event, fields) => said.push([event, fields?.detail]) };
    open({ log }).close();
    expect(said).toEqual([
      ['store.takeover', expect.stringMatching(`^process ${holder.pid} on .* did not close the store$`)],
    ]);
  });

  it('refuses it also when the lock says nothing, as after the owner file was removed', async () => {
    const holder = await hold();
    unlinkSync(join(directory, 'owner.json'));
    expect(down(open).message).toMatch(/is in use by another process; stop that reconciler/);
    await end(holder);
  });

  it('refuses it also when the database was removed under the first', async () => {
    const holder = await hold();
    unlinkSync(join(directory, 'state.sqlite'));
    expect(down(open).message).toMatch(/is in use by process/);
    await end(holder);
  });

  it('does not take another process with the same id for the owner', () => {
    writeFileSync(join(directory, 'owner.json'), JSON.stringify({ pid: 1, host: hostname(), since: 1, started: '1' }));
    open().close();
    writeFileSync(join(directory, 'owner.json'), '{ torn');
    open().close();
  });
});

describe('a process that is killed', { timeout: 180_000 }, () => {
  /** All that was said is there, nothing else is open than what was in work, and the chain holds. */
  function check(lines: readonly Line[]): void {
    const said: unknown[] = [];
    const store = open({ log: { ...silentLog, error: (event) => said.push(event) } });
    const intended = lines.flatMap((line) => line.intended ?? []);
    const concluded = lines.flatMap((line) => line.concluded ?? []);
    const inventory = store.inventory().length;
    expect(said).toEqual([]);
    expect(inventory - concluded.length).toBeOneOf([0, 1]);
    const open_ = store.interrupted().map(({ seq }) => seq);
    const last = intended.at(-1) ?? 0;
    expect(open_.length).toBeLessThanOrEqual(1);
    if (!concluded.includes(last) && inventory === concluded.length && last > 0)
      expect(open_[0]).toBeGreaterThanOrEqual(last);
    store.close();
  }

  it('at any moment of its work', async () => {
    for (const lines of [1, 2, 3, 8, 21, 60]) {
      const victim = spawn(process.execPath, [child, directory, 'write'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const seen: Line[] = [];
      for await (const line of createInterface(victim.stdout)) {
        seen.push(JSON.parse(line) as Line);
        if (seen.length === lines) victim.kill('SIGKILL');
      }
      if (victim.exitCode === null && victim.signalCode === null)
        await new Promise((done) => victim.once('exit', done));
      check(seen);
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
    }
  });

  it.skipIf(!canTrace)('before single writes and syncs of the database', () => {
    const points = [5, 25, 40, 90].flatMap((when) =>
      ['pwrite64', 'fsync,fdatasync'].map((call) => [call, when] as const),
    );
    let killed = 0;
    for (const [call, when] of points) {
      const lines = trace(`inject=${call}:signal=SIGKILL:when=${when}`, call, 'write');
      if (lines.length > 0) killed += 1;
      check(lines);
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
    }
    expect(killed).toBeGreaterThan(3);
  });
});

/** Runs the child until the injected fault, at most for 20 seconds. */
function trace(inject: string, call: string, mode: string): readonly Line[] {
  return run('timeout', [
    '-s',
    'KILL',
    '20',
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${call}`,
    '-e',
    inject,
    process.execPath,
    child,
    directory,
    mode,
  ]);
}

describe('a disk that fails', { timeout: 180_000 }, () => {
  it.skipIf(!canTrace)('a sync with an I/O error ends all work, and the next start finds a store that holds', () => {
    open().close();
    const lines = trace('inject=fsync,fdatasync:error=EIO:when=40+', 'fsync,fdatasync', 'write');
    expect(lines.at(-1)).toMatchObject({ down: 'io', message: expect.stringContaining('check its disk and restart') });
    const store = open();
    const concluded = lines.flatMap((line) => line.concluded ?? []).length;
    expect(concluded).toBeGreaterThan(3);
    expect(store.inventory().length - concluded).toBeOneOf([0, 1]);
    store.close();
  });

  it.skipIf(!canTrace)('a sync with an I/O error while opening is said as such', () => {
    for (const when of [1, 5, 9]) {
      const lines = trace(`inject=fsync,fdatasync:error=EIO:when=${when}+`, 'fsync,fdatasync', 'open');
      expect(lines).toMatchObject([
        { down: expect.stringMatching(/^(io|unusable)$/), message: expect.stringContaining(directory) },
      ]);
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
    }
  });

  it.skipIf(!canMount)(
    'a full disk: the last outcome is still written, then nothing; the next start says what to do',
    () => {
      const lines = runOn(
        `mount -t tmpfs -o size=3m tmpfs ${directory} && head -c 1000000 /dev/zero > ${directory}/filler`,
        'fill',
      );
      const failed = lines.findIndex((line) => line.failedToConclude !== undefined);
      expect(failed).toBeGreaterThan(2);
      expect(lines.slice(failed + 1)).toEqual([
        { down: 'io', code: 13, message: expect.stringContaining('is full; free some space on it and restart') },
        { down: 'io', code: 13, message: expect.stringContaining('is full; free some space on it and restart') },
        { down: 'unusable', message: `the disk of the state folder ${directory} is full; free at least 8 MiB on it` },
        { interrupted: 0 },
      ]);
    },
  );

  it.skipIf(!canMount)('a full disk before the first start', () => {
    expect(runOn(`mount -t tmpfs -o size=64k tmpfs ${directory}`, 'open')).toEqual([
      { down: 'unusable', message: `the disk of the state folder ${directory} is full; free at least 8 MiB on it` },
    ]);
  });

  it.skipIf(!canMount)('a read-only file system', () => {
    expect(runOn(`mount -t tmpfs -o ro tmpfs ${directory}`, 'open')).toEqual([
      {
        down: 'unusable',
        message: `the state folder ${directory} is on a read-only file system; remount it or name another with --state`,
      },
    ]);
  });

  it('a limit on the size of files', () => {
    open().close();
    const lines = run('sh', ['-c', 'ulimit -f 300; exec "$0" "$1" "$2" write', process.execPath, child, directory]);
    expect(lines.at(-1)).toMatchObject({ down: expect.stringMatching(/^(io|unusable)$/) });
  });

  it('a database that is removed or exchanged while it is in use', () => {
    for (const exchange of [
      () => unlinkSync(join(directory, 'state.sqlite')),
      () => replace(join(directory, 'state.sqlite')),
    ]) {
      const store = open();
      store.intend('rev', pull('a'), 1);
      exchange();
      expect(down(() => store.intend('rev', pull('b'), 2)).message).toMatch(/was removed or replaced while in use/);
      expect(down(() => store.inventory())).toMatchObject({ reason: 'damaged' });
      store.close();
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
    }
  });

  function replace(path: string): void {
    writeFileSync(`${path}.copy`, readFileSync(path));
    renameSync(`${path}.copy`, path);
  }
});

describe('a state folder that cannot be used', { timeout: 180_000 }, () => {
  it('is a file', () => {
    const path = join(directory, 'state');
    writeFileSync(path, '');
    expect(down(() => open({ directory: path })).message).toBe(
      `the state folder ${path} is not a folder; name a folder with --state`,
    );
    expect(down(() => open({ directory: join(path, 'deeper') })).message).toMatch(
      /is not a folder; name a folder with --state$/,
    );
  });

  it('belongs to another user', () => {
    chmodSync(directory, 0o700);
    const lines = root ? run(process.execPath, [child, directory, 'as-nobody']) : withoutRights();
    expect(lines).toEqual([
      {
        down: 'unusable',
        message: `the state folder ${directory} cannot be read and written by this user; change its owner or name another with --state`,
      },
    ]);
  });

  function withoutRights(): readonly Line[] {
    chmodSync(directory, 0);
    const lines = run(process.execPath, [child, directory, 'open']);
    chmodSync(directory, 0o700);
    return lines;
  }

  it('leaves nothing behind but what was there', () => {
    writeFileSync(join(directory, 'notes.txt'), 'mine');
    open().close();
    expect(readdirSync(directory).sort()).toEqual(['ballast', 'deployment', 'notes.txt', 'state.sqlite']);
  });
});

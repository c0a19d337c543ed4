import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileSource } from '../../reconciler/follow/file.ts';

let folder: string;
let path: string;
const never = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'autogit-file-'));
  path = join(folder, 'autogit.yaml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('reading', () => {
  it('gives the text and its digest as the revision', async () => {
    writeFileSync(path, 'name: x\n');
    const revision = `file:${createHash('sha256').update('name: x\n').digest('hex')}`;
    expect(await createFileSource({ path }).head(never)).toEqual({
      ok: true,
      value: { revision, rewritten: false, text: 'name: x\n' },
    });
  });

  it('gives the lock beside it, and another revision when only the lock changes', async () => {
    writeFileSync(path, 'name: x\n');
    const lock = join(folder, 'autogit.lock');
    writeFileSync(lock, 'version: 1\n');
    const first = await createFileSource({ path }).head(never);
    expect(first).toMatchObject({ ok: true, value: { text: 'name: x\n', lock: 'version: 1\n' } });
    writeFileSync(lock, 'version: 1 # moved\n');
    const second = await createFileSource({ path }).head(never);
    expect(first.ok && second.ok && first.value.revision !== second.value.revision).toBe(true);
    rmSync(lock);
    mkdirSync(lock);
    expect(await createFileSource({ path }).head(never)).toMatchObject({ ok: false, failure: { kind: 'rejected' } });
    rmSync(lock, { recursive: true });
    symlinkSync('nowhere.lock', lock);
    expect(await createFileSource({ path }).head(never)).toMatchObject({ ok: false, failure: { kind: 'rejected' } });
  });

  const named = async (): Promise<readonly string[]> => ['conf/app.conf'];

  it('gives the files that it names, and another revision when only one of them changes', async () => {
    writeFileSync(path, 'name: x\n');
    const source = createFileSource({ path, named });
    const without = await source.head(never);
    expect(without).toMatchObject({ ok: true, value: { files: {} } });
    mkdirSync(join(folder, 'conf'));
    writeFileSync(join(folder, 'conf/app.conf'), 'one\n');
    const first = await source.head(never);
    expect(first).toMatchObject({
      ok: true,
      value: { files: { 'conf/app.conf': Buffer.from('one\n').toString('base64') } },
    });
    writeFileSync(join(folder, 'conf/app.conf'), 'two\n');
    const second = await source.head(never);
    const revisions = [without, first, second].map((each) => each.ok && each.value.revision);
    expect(new Set(revisions).size).toBe(3);
  });

  it('does not read what a link to another folder leads to, as a commit does not have it', async () => {
    writeFileSync(path, 'name: x\n');
    symlinkSync('/etc', join(folder, 'conf'));
    const outside = async (): Promise<readonly string[]> => ['conf/hostname'];
    expect(await createFileSource({ path, named: outside }).head(never)).toMatchObject({ value: { files: {} } });
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.git/config'), 'token');
    symlinkSync('.git', join(folder, 'git'));
    const ofGit = async (): Promise<readonly string[]> => ['git/config'];
    expect(await createFileSource({ path, named: ofGit }).head(never)).toMatchObject({ value: { files: {} } });
  });

  it('fails when a named file is there and cannot be read', async () => {
    writeFileSync(path, 'name: x\n');
    mkdirSync(join(folder, 'conf/app.conf'), { recursive: true });
    expect(await createFileSource({ path, named }).head(never)).toMatchObject({
      ok: false,
      failure: { kind: 'rejected', detail: expect.stringMatching(/app\.conf is a folder/) },
    });
  });

  const cases: readonly (readonly [string, () => void, string, RegExp])[] = [
    ['a missing file', () => undefined, 'not-found', /does not exist; create it/],
    ['a folder', () => mkdirSync(path), 'rejected', /is a folder; name the file in it/],
    [
      'a named pipe, without waiting for it',
      () => void execFileSync('mkfifo', [path]),
      'rejected',
      /is no regular file/,
    ],
    ['a link to itself', () => symlinkSync(path, path), 'rejected', /leads to itself/],
    [
      'bytes that are not UTF-8',
      () => writeFileSync(path, Buffer.from([0xff, 0xfe])),
      'rejected',
      /is not UTF-8 text; save it as UTF-8/,
    ],
    [
      'a file of 10 MB',
      () => {
        writeFileSync(path, '');
        truncateSync(path, 10_000_000);
      },
      'rejected',
      /is larger than 1 MiB/,
    ],
  ];
  for (const [what, make, kind, sentence] of cases) {
    it(`refuses ${what}`, async () => {
      make();
      expect(await createFileSource({ path }).head(never)).toEqual({
        ok: false,
        failure: { kind, detail: expect.stringMatching(sentence) },
      });
    });
  }
});

describe('watching', () => {
  /** A change that wakes: the link that Kubernetes exchanges, made and removed, or exchanged. */
  function poke(): void {
    const link = join(folder, '..data');
    if (!existsSync(link)) mkdirSync(link);
    else if (!lstatSync(link).isSymbolicLink()) rmdirSync(link);
    else {
      symlinkSync(readlinkSync(link), `${link}_tmp`);
      renameSync(`${link}_tmp`, link);
    }
  }

  /** Runs `change` once the watcher listens; resolves with true when it woke, in `withinMs` or as soon as it did. */
  async function wakes(change: () => void, withinMs = 30_000): Promise<boolean> {
    const stop = new AbortController();
    let woken = 0;
    const watching = createFileSource({ path }).watch(() => {
      woken += 1;
    }, stop.signal);
    for (const end = Date.now() + 30_000; woken === 0 && Date.now() < end; await sleep(100)) poke();
    let before = -1;
    for (; before !== woken; await sleep(500)) before = woken;
    change();
    for (const end = Date.now() + withinMs; woken === before && Date.now() < end; ) await sleep(20);
    const hasWoken = woken > before;
    stop.abort();
    await watching;
    return hasWoken;
  }

  beforeEach(() => writeFileSync(path, 'name: x\n'));

  it('wakes when the file is written', async () => {
    expect(await wakes(() => writeFileSync(path, 'name: y\n'))).toBe(true);
  });

  it('wakes when an editor writes a new file and renames it, twice in a row', async () => {
    const replace = (text: string): void => {
      writeFileSync(`${path}~`, text);
      renameSync(`${path}~`, path);
    };
    replace('name: y\n');
    expect(await wakes(() => replace('name: z\n'))).toBe(true);
  });

  it('wakes when the file is removed and when it comes back', async () => {
    expect(await wakes(() => unlinkSync(path))).toBe(true);
    expect(await wakes(() => writeFileSync(path, 'name: y\n'))).toBe(true);
  });

  it('wakes when a mounted configuration is exchanged as Kubernetes does', async () => {
    rmSync(path);
    for (const version of ['..1', '..2']) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'autogit.yaml'), `name: v${version.slice(2)}\n`);
    }
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync('..data/autogit.yaml', path);
    const exchange = (): void => {
      symlinkSync('..2', join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    expect(await wakes(exchange)).toBe(true);
  });

  it('wakes when a lock appears beside it', async () => {
    expect(await wakes(() => writeFileSync(join(folder, 'autogit.lock'), 'version: 1\n'))).toBe(true);
  });

  it('wakes when a file changes that it names in another folder, also when that was named after the watch began', async () => {
    mkdirSync(join(folder, 'conf'));
    const target = join(folder, 'conf/app.conf');
    writeFileSync(target, 'one\n');
    const stop = new AbortController();
    const source = createFileSource({ path, named: async () => ['conf/app.conf'] });
    let woken = 0;
    const watching = source.watch(() => {
      woken += 1;
    }, stop.signal);
    await source.head(never);
    for (const end = Date.now() + 30_000; woken === 0 && Date.now() < end; await sleep(100)) poke();
    let before = -1;
    for (; before !== woken; await sleep(500)) before = woken;
    for (const end = Date.now() + 30_000; woken === before && Date.now() < end; await sleep(200))
      writeFileSync(target, `${Date.now()}\n`);
    stop.abort();
    await watching;
    expect(woken).toBeGreaterThan(before);
  });

  it('does not wake for other files of the folder', async () => {
    expect(await wakes(() => writeFileSync(join(folder, 'notes.txt'), 'x'), 1000)).toBe(false);
  });

  it('ends at once when it is stopped already', async () => {
    const stop = new AbortController();
    stop.abort();
    await createFileSource({ path }).watch(() => undefined, stop.signal);
  });
});

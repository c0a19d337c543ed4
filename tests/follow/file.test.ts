import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  /** Runs `change` while watching and resolves with true when it woke within two seconds. */
  async function wakes(change: () => void): Promise<boolean> {
    const stop = new AbortController();
    let woken = false;
    const watching = createFileSource({ path }).watch(() => {
      woken = true;
    }, stop.signal);
    await new Promise((done) => setTimeout(done, 300));
    woken = false;
    change();
    for (let waited = 0; waited < 2000 && !woken; waited += 20) await new Promise((done) => setTimeout(done, 20));
    stop.abort();
    await watching;
    return woken;
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

  it('does not wake for other files of the folder', async () => {
    expect(await wakes(() => writeFileSync(join(folder, 'notes.txt'), 'x'))).toBe(false);
  });

  it('ends at once when it is stopped already', async () => {
    const stop = new AbortController();
    stop.abort();
    await createFileSource({ path }).watch(() => undefined, stop.signal);
  });
});

import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSopsReader } from '../../reconciler/sops/read-sops.ts';
import { plainScalar } from '../../reconciler/sops/yaml-scalar.ts';

/** Encrypted by SOPS 3.13.3; the keys are for nothing else. */
const encrypted = join(import.meta.dirname, 'encrypted');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'autogit-sops-'));
  for (const name of ['age-key.txt', 'another-key.txt']) {
    copyFileSync(join(encrypted, name), join(folder, name));
    chmodSync(join(folder, name), 0o600);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The value, or the sentence of the failure. */
async function read(
  path: string,
  pointer: string,
  edit: (text: string) => string = (text) => text,
  key = 'age-key.txt',
) {
  const learned: string[] = [];
  const sops = createSopsReader({ keyFile: join(folder, key), learn: (secret) => void learned.push(secret) });
  const bytes = new TextEncoder().encode(edit(readFileSync(join(encrypted, path), 'utf8')));
  const value = await sops({ path, pointer, bytes });
  return value.ok ? { value: value.value, learned } : { detail: value.failure.detail };
}

describe('a value of a file that SOPS encrypted', () => {
  it.each([
    ['secrets.enc.yaml', '/smtp/password', 'kanarienvogel-4711'],
    ['secrets.enc.yaml', '/list/1', 'two'],
    ['secrets.enc.json', '/smtp/password', 'kanarienvogel-4711'],
    ['secrets.enc.json', '/9', 'nine'],
    ['secrets.env', '/SMTP_PASSWORD', 'kanarienvogel-4711'],
    ['partly.yaml', '/smtp/password', 'kanarienvogel-4711'],
  ])('is read from %s at %s', async (path, pointer, value) => {
    expect(await read(path, pointer)).toMatchObject({ value });
  });

  it('tells the age key to whoever keeps secrets out of logs', async () => {
    expect(await read('secrets.env', '/SMTP_PASSWORD')).toMatchObject({
      learned: [expect.stringMatching(/^AGE-SECRET-KEY-1/)],
    });
  });

  it.each([
    [
      'another key',
      '/smtp/password',
      undefined,
      /is encrypted for age1\w+, and .*another-key\.txt has the key of age1\w+; add that/,
    ],
    [
      'a value exchanged',
      '/smtp/password',
      (text: string) => text.replace(/(password: ENC\[AES256_GCM,data:)./, '$1_'),
      /was changed without SOPS: the value at \/smtp\/password/,
    ],
    [
      'a value removed',
      '/smtp/password',
      (text: string) => text.replace(/ +user: .*\n/, ''),
      /was changed without SOPS: a value was added, removed or replaced/,
    ],
    [
      'a value in its place',
      '/smtp/password',
      (text: string) => text.replace(/password: .*/, 'password: mine'),
      /was changed without SOPS: a value was added/,
    ],
    [
      'no such place',
      '/smtp/pass',
      (text: string) => text,
      /has nothing at \/smtp\/pass; there is user, password, port: name one/,
    ],
    ['a number', '/smtp/port', (text: string) => text, /has a value of type int at \/smtp\/port/],
  ])('is not read with %s', async (what, pointer, edit, detail) => {
    const key = what === 'another key' ? 'another-key.txt' : 'age-key.txt';
    expect(await read('secrets.enc.yaml', pointer, edit, key)).toEqual({ detail: expect.stringMatching(detail) });
  });
});

describe('a value in clear beside it', () => {
  /** As SOPS 3.13.3 puts it into its sum; the suite `secrets` asks it for more of them. */
  it.each([
    ['yes', 'yes', 'text'],
    ['true', 'True', 'other'],
    ['0x1F', '31', 'other'],
    ['017', '15', 'other'],
    ['08', '8', 'other'],
    ['1_000', '1000', 'other'],
    ['_1', '_1', 'text'],
    ['1.50', '1.5', 'other'],
    ['1e21', '1000000000000000000000', 'other'],
    ['1e-9', '0.000000001', 'other'],
    ['12345678901234567890123', '12345678901234568000000', 'other'],
    ['-.Inf', '-Inf', 'other'],
    ['2024-2-9', '2024-02-09T00:00:00Z', 'other'],
    ['2024-02-30', '2024-02-30', 'text'],
    ['2024-02-29 12:30:00.50', '2024-02-29T12:30:00.5Z', 'other'],
    ['2024-02-29T12:30:00+02:00', '2024-02-29T12:30:00+02:00', 'other'],
    ['2024-02-29T12:30:00', '2024-02-29T12:30:00', 'text'],
    ['1:30', '1:30', 'text'],
  ])('%s counts as %s', (source, meaning, kind) => {
    expect(plainScalar(source)).toEqual(kind === 'text' ? { kind, text: meaning } : { kind, canonical: meaning });
  });
});

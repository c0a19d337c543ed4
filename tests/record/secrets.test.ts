import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail, type Result } from '../../reconciler/model/result.ts';
import type { Secret } from '../../reconciler/model/secret.ts';
import { createRedactor } from '../../reconciler/record/redactor.ts';
import { createSecretValues, type SecretSource, type SecretValues } from '../../reconciler/record/secrets.ts';
import { silentLog } from '../fakes/silent-log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'autogit-secrets-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const noSops = async () => fail('rejected', 'nothing is decrypted here');
const generate: SecretSource = { kind: 'generate', length: 32 };
const kept = (id: string): string => join(directory, 'secrets', id);

function values(
  env: Record<string, string> = {},
  log = silentLog,
  state: string | undefined = directory,
): SecretValues {
  return createSecretValues({ directory: state, env, sops: noSops, redactor: createRedactor(), log });
}

async function text(result: Promise<Result<Secret>>): Promise<string> {
  const secret = await result;
  if (!secret.ok) throw new Error(secret.failure.detail);
  return secret.value.reveal();
}

async function sentence(result: Promise<Result<unknown>>): Promise<string> {
  const answer = await result;
  return answer.ok ? 'no failure' : `${answer.failure.kind}: ${answer.failure.detail}`;
}

describe('a generated secret', () => {
  it('is made once, is private and survives restarts', async () => {
    const first = await text(values().value('db', generate));
    expect(first).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(await text(values().value('db', generate))).toBe(first);
    expect(statSync(kept('db')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'secrets')).mode & 0o777).toBe(0o700);
    expect(await text(values().value('other', { kind: 'generate', length: 8 }))).toHaveLength(8);
    expect(readdirSync(join(directory, 'secrets')).sort()).toEqual(['db', 'other']);
  });

  it('is of hexadecimal digits where a program takes nothing else', async () => {
    const source: SecretSource = { kind: 'generate', length: 64, alphabet: 'hex' };
    expect(await text(values().value('node', source))).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the same for all who ask at once', async () => {
    const asked = await Promise.all([values(), values(), values()].map((one) => text(one.value('db', generate))));
    expect(new Set(asked).size).toBe(1);
  });

  it('is never made anew because its file cannot be used', async () => {
    await values().value('db', generate);
    const damage: readonly (readonly [() => void, RegExp])[] = [
      [() => writeFileSync(kept('db'), ''), /^rejected: secret "db" is in .*, which is empty/],
      [
        () => chmodSync(kept('db'), 0o666),
        /^rejected: secret "db" is kept in .*, which others can change; check its content and run: chmod 600/,
      ],
      [() => writeFileSync(kept('db'), Buffer.from([0xff, 0xfe])), /^rejected: .* is not UTF-8/],
    ];
    for (const [change, expected] of damage) {
      rmSync(kept('db'));
      await values().value('db', generate);
      change();
      const before = readFileSync(kept('db'));
      expect(await sentence(values().value('db', generate))).toMatch(expected);
      expect(readFileSync(kept('db')).equals(before)).toBe(true);
    }
    rmSync(kept('db'));
    mkdirSync(kept('db'));
    expect(await sentence(values().value('db', generate))).toMatch(/which is no regular file; put the file back/);
  });

  it('does not follow a link that was put in its place', async () => {
    mkdirSync(join(directory, 'secrets'));
    symlinkSync('/etc/hostname', kept('db'));
    expect(await sentence(values().value('db', generate))).toMatch(/could not be read \(ELOOP\)/);
  });

  it('says when it cannot be kept', async () => {
    writeFileSync(join(directory, 'secrets'), '');
    expect(await sentence(values().value('db', generate))).toMatch(
      /^(rejected|not-found): secret "db" (could not be kept|is in) /,
    );
    expect(await sentence(values().value('../db', generate))).toMatch(/has a name that cannot be a file name/);
  });

  it('is in memory alone where there is no state folder', async () => {
    const inMemory = values({}, silentLog, undefined);
    expect(await text(inMemory.value('db', generate))).toBe(await text(inMemory.value('db', generate)));
  });
});

describe('a secret from elsewhere', () => {
  it('from the environment', async () => {
    expect(
      await text(values({ FORGE_TOKEN: 'abc def' }).value('forge-token', { kind: 'env', variable: 'FORGE_TOKEN' })),
    ).toBe('abc def');
    expect(await sentence(values().value('forge-token', { kind: 'env', variable: 'FORGE_TOKEN' }))).toBe(
      'not-found: secret "forge-token" is to be in the environment variable FORGE_TOKEN, which is not set; set it for the reconciler and restart it',
    );
    expect(
      await sentence(values({ FORGE_TOKEN: '' }).value('forge-token', { kind: 'env', variable: 'FORGE_TOKEN' })),
    ).toMatch(/which is empty/);
  });

  it('from a file, without the line end that editors add, read again each time', async () => {
    const path = join(directory, 'token');
    const source: SecretSource = { kind: 'file', path };
    const secrets = values();
    writeFileSync(path, 'abc \n');
    expect(await text(secrets.value('x', source))).toBe('abc ');
    writeFileSync(path, 'two\nlines\r\n');
    expect(await text(secrets.value('x', source))).toBe('two\nlines');
    symlinkSync(path, join(directory, 'link'));
    expect(await text(secrets.value('x', { kind: 'file', path: join(directory, 'link') }))).toBe('two\nlines');
  });

  it('is never the file with the keys of other secrets, whatever path leads to it', async () => {
    const path = join(directory, 'age-key');
    writeFileSync(path, 'AGE-SECRET-KEY-1', { mode: 0o600 });
    symlinkSync(path, join(directory, 'harmless'));
    const secrets = createSecretValues({
      ...{ directory, env: {}, sops: noSops, redactor: createRedactor(), log: silentLog },
      withheld: [path],
    });
    for (const name of ['age-key', 'harmless'])
      expect(await secrets.value('x', { kind: 'file', path: join(directory, name) })).toMatchObject({
        ok: false,
        failure: { kind: 'rejected', detail: expect.stringMatching(/holds the keys of other secrets/) },
      });
  });

  it('warns once about a file that the group can change', async () => {
    const path = join(directory, 'token');
    writeFileSync(path, 'abc');
    chmodSync(path, 0o660);
    const said: string[] = [];
    const secrets = values({}, { ...silentLog, warn: (event) => said.push(event) });
    await secrets.value('x', { kind: 'file', path });
    await secrets.value('x', { kind: 'file', path });
    expect(said).toEqual(['secret.file.writable']);
  });

  const cases: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    ['is missing', () => undefined, /^not-found: .* does not exist; create the file$/],
    ['is a folder', (path) => mkdirSync(path), /^rejected: .* is a folder; name the file in it$/],
    [
      'can be changed by everyone',
      (path) => {
        writeFileSync(path, 'x');
        chmodSync(path, 0o606);
      },
      /^rejected: .* everyone on this machine can change; run: chmod o-w /,
    ],
    ['is large', (path) => writeFileSync(path, 'x'.repeat(64 * 1024 + 1)), /^rejected: .* is larger than 64 KiB/],
    ['is empty', (path) => writeFileSync(path, '\n'), /^rejected: .* is empty; put the value into it$/],
    ['is binary', (path) => writeFileSync(path, Buffer.from([0xff])), /^rejected: .* is not UTF-8 text; encode it/],
  ];
  for (const [what, make, expected] of cases) {
    it(`from a file that ${what}`, async () => {
      const path = join(directory, 'token');
      make(path);
      expect(await sentence(values().value('x', { kind: 'file', path }))).toMatch(expected);
    });
  }

  it('from a relative path is refused', async () => {
    expect(await sentence(values().value('x', { kind: 'file', path: 'token' }))).toMatch(
      /is no absolute path; begin it with "\/"/,
    );
  });
});

describe('a fingerprint', () => {
  it('changes with the value and the state folder, stays over restarts, and does not hold the value', async () => {
    const source: SecretSource = { kind: 'env', variable: 'X' };
    const print = (value: string, state = directory) => values({ X: value }, silentLog, state).fingerprint('x', source);
    const first = await print('value-1');
    expect(first).toMatchObject({ ok: true, value: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await print('value-1')).toEqual(first);
    expect(await print('value-2')).not.toEqual(first);
    const other = join(directory, 'other');
    expect(await print('value-1', other)).not.toEqual(first);
    expect(await values({ X: 'value-1' }).fingerprint('y', source)).not.toEqual(first);
  });

  it('fails with the value', async () => {
    expect(await sentence(values().fingerprint('x', { kind: 'env', variable: 'X' }))).toMatch(/which is not set/);
  });
});

describe('redaction', () => {
  const value = 'pa55/word+with=signs&more';
  const redactor = createRedactor();
  redactor.add(value);

  const leaks: readonly (readonly [string, string])[] = [
    ['as it is', `token ${value} refused`],
    ['in JSON', JSON.stringify({ token: value })],
    ['in a URL', `https://x/?token=${encodeURIComponent(value)}`],
    ['in base64', Buffer.from(value).toString('base64')],
    ['in Basic credentials', Buffer.from(`robot:${value}`).toString('base64')],
    ['in Basic credentials of another user', Buffer.from(`ada:${value}`).toString('base64')],
    ['in base64 for URLs', Buffer.from(`u:${value}`).toString('base64url')],
    ['in hex', Buffer.from(value).toString('hex')],
  ];
  for (const [how, leak] of leaks) {
    it(how, () => {
      const seen = redactor.redact(leak);
      expect(seen).toContain('***');
      expect(decodings(seen).join(' ')).not.toMatch(/pa55|word|with|signs/);
    });
  }

  /** What an attacker would try on what is left. */
  function decodings(text: string): string[] {
    return [
      text,
      ...text
        .split('***')
        .flatMap((part) => [
          Buffer.from(part, 'base64').toString('latin1'),
          Buffer.from(part, 'hex').toString('latin1'),
        ]),
    ];
  }

  it('of each line of a key', () => {
    const key = createRedactor();
    key.add('-----BEGIN KEY-----\nabcdefghijklmnopqrstuvwxyz\n-----END KEY-----');
    expect(key.redact('saw abcdefghijklmnopqrstuvwxyz here')).toBe('saw *** here');
  });

  it('inside plain values, errors included, without touching the original', () => {
    const fields = { list: [value], nested: { text: `x${value}` }, error: new Error(value), count: 1, none: null };
    const seen = redactor.redactAll(fields);
    expect(inspect(seen)).not.toContain('pa55');
    expect(seen).toMatchObject({ list: ['***'], nested: { text: 'x***' }, count: 1, none: null });
    expect(fields.list).toEqual([value]);
  });

  it('leaves what is short or unknown as it is', () => {
    const short = createRedactor();
    short.add('abc');
    expect(short.redact('abc and more')).toBe('abc and more');
  });

  it('learns every value that is handed out', async () => {
    const learner = createRedactor();
    const secrets = createSecretValues({
      directory,
      env: { X: 'canary-value' },
      sops: noSops,
      redactor: learner,
      log: silentLog,
    });
    await secrets.value('x', { kind: 'env', variable: 'X' });
    const made = await text(secrets.value('db', generate));
    expect(learner.redact(`canary-value ${made}`)).toBe('*** ***');
  });
});

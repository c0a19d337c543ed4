import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSopsReader } from '../../../reconciler/sops/read-sops.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { programs } from './programs.ts';

const canary = 'kanarienvogel-4711';
let ring: Keyring;
beforeAll(() => {
  ring = createKeyring();
});
afterAll(() => ring.remove());

/** The value, or the sentence of the failure. */
async function read(
  path: string,
  pointer: string,
  bytes: Uint8Array | string,
  keyFile = ring.keyFile,
): Promise<string> {
  const sops = createSopsReader({ keyFile, learn: () => {} });
  const content = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  const value = await sops({ path, pointer, bytes: content });
  return value.ok ? `= ${value.value}` : value.failure.detail;
}

const yaml = `# for the mail server
smtp:
    user: mail # its login
    password: ${canary}
    lines: |
        -----BEGIN KEY-----
        two lines
        -----END KEY-----
    odd: "ä ☃ 💶 \\\\ \\" ~ ENC[x]"
list:
    - a
    # in a list
    - {deep: [b, c]}
"a/b~c": slashes
number: 12345
float: 1.5e-7
truth: true
nothing: null
empty: ""
day: 2024-02-29
time: 2024-02-29T12:30:00.5+02:00
`;

describe('a file that SOPS encrypted', () => {
  it('is read as YAML, whatever else is in it', async () => {
    const bytes = ring.encrypt('a.yaml', yaml);
    expect(bytes.toString()).not.toContain(canary);
    const value = (pointer: string) => read('conf/a.yaml', pointer, bytes);
    expect(await value('/smtp/password')).toBe(`= ${canary}`);
    expect(await value('/smtp/lines')).toBe('= -----BEGIN KEY-----\ntwo lines\n-----END KEY-----\n');
    expect(await value('/smtp/odd')).toBe('= ä ☃ 💶 \\ " ~ ENC[x]');
    expect(await value('/list/0')).toBe('= a');
    expect(await value('/list/1/deep/1')).toBe('= c');
    expect(await value('/a~1b~0c')).toBe('= slashes');
  });

  it('is read with several documents', async () => {
    const bytes = ring.encrypt('several.yaml', `a: ${canary}\n---\nb: two\n`);
    expect(await read('several.yaml', '/a', bytes)).toBe(`= ${canary}`);
  });

  it('is read as JSON, keys in the order of the file', async () => {
    const text = `{"z": {"password": "${canary}"}, "10": "ten", "9": ["x", {"y": "\\u00e4\\n\\"{[,:"}], "n": 1.50, "big": 1e21, "t": true, "nil": null}`;
    const bytes = ring.encrypt('a.json', text);
    expect(await read('a.json', '/z/password', bytes)).toBe(`= ${canary}`);
    expect(await read('a.json', '/10', bytes)).toBe('= ten');
    expect(await read('a.json', '/9/1/y', bytes)).toBe('= ä\n"{[,:');
  });

  it('is read as dotenv', async () => {
    const bytes = ring.encrypt('prod.env', `# a comment\nSMTP_PASSWORD=${canary}\nKEY=one\\ntwo\nEQUALS=a=b\n`);
    expect(await read('prod.env', '/SMTP_PASSWORD', bytes)).toBe(`= ${canary}`);
    expect(await read('prod.env', '/KEY', bytes)).toBe('= one\ntwo');
    expect(await read('prod.env', '/EQUALS', bytes)).toBe('= a=b');
  });

  it('is read when it is no format that SOPS knows: one value named data', async () => {
    const bytes = ring.encrypt('deploy.key', `${canary}\n`);
    expect(await read('deploy.key', '/data', bytes)).toBe(`= ${canary}\n`);
  });

  it('is read after SOPS changed it', async () => {
    ring.encrypt('set.yaml', yaml);
    ring.sops('set', 'set.yaml', '["smtp"]["password"]', '"changed"');
    ring.sops('rotate', '--in-place', 'set.yaml');
    expect(await read('set.yaml', '/smtp/password', readFileSync(join(ring.folder, 'set.yaml')))).toBe('= changed');
  });

  it('is read with any of several keys, also by a file of several keys', async () => {
    const second = ring.another('second.txt');
    const bytes = ring.encrypt('two.yaml', yaml, '--age', `${second.recipient},${ring.recipient}`);
    expect(await read('two.yaml', '/smtp/password', bytes)).toBe(`= ${canary}`);
    expect(await read('two.yaml', '/smtp/password', bytes, second.keyFile)).toBe(`= ${canary}`);
    const only = ring.encrypt('one.yaml', yaml, '--age', second.recipient);
    const both = join(ring.folder, 'both.txt');
    writeFileSync(both, readFileSync(ring.keyFile, 'utf8') + readFileSync(second.keyFile, 'utf8'), { mode: 0o600 });
    expect(await read('one.yaml', '/smtp/password', only, both)).toBe(`= ${canary}`);
  });

  const partly = `secret:
    password: ${canary}
plain:
    words: [yes, no, on, y, "true", true, False, ~, null, "", x]
    numbers: [1, -2, +3, 0x1F, 0o17, 017, 08, 1_000, 1.0, 1.50, 1e3, 1e21, 1e-9, .5, 123456789012345678, 12345678901234567890123]
    special: [.inf, -.Inf, .nan]
    times: [2024-02-29, 2024-2-9, 2024-02-30, 2024-02-29T12:30:00Z, 2024-02-29t1:3:4.500, 2024-02-29t1:3:4.500Z, 2024-02-29 12:30:00, 2024-02-29T12:30:00+02:00]
    text: "1"
    block: |
        two
        lines
`;

  it.each([
    ['only what a pattern names', ['encrypted_regex: ^secret$']],
    ['all but what a pattern names', ['unencrypted_regex: ^plain$']],
    ['with a sum over encrypted values only', ['encrypted_regex: ^secret$', 'mac_only_encrypted: true']],
  ])('is read when only a part of it is encrypted: %s', async (_, options) => {
    const bytes = ring.encryptByRule('partly.yaml', partly, ...options);
    expect(bytes.toString()).toContain('block');
    expect(await read('partly.yaml', '/secret/password', bytes)).toBe(`= ${canary}`);
  });

  it('is read when comments say what is encrypted', async () => {
    const text = `# secret\npassword: ${canary}\nuser: mail\n`;
    const bytes = ring.encryptByRule('comments.yaml', text, 'encrypted_comment_regex: secret');
    expect(bytes.toString()).toContain('user: mail');
    expect(await read('comments.yaml', '/password', bytes)).toBe(`= ${canary}`);
  });

  it('has the same sum here and there for whatever stands beside the secret', async () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('0x10', '1_0', '1e5', '2024-01-01', 'NULL', '.inf', '~', 'ENC[]', '- a', 'a: b', '# c'),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('tree'), { maxLength: 3 }), tie('map')),
      map: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_ -]{0,5}[a-z]$/), tie('tree'), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    }));
    await fc.assert(
      fc.asyncProperty(tree, fc.constantFrom('yaml', 'json'), fc.boolean(), async (value, format, all) => {
        const text = JSON.stringify({ plain: { value }, secret: canary });
        const options = all ? [] : ['--encrypted-regex', '^secret$'];
        const bytes = ring.encrypt(`any.${format}`, text, ...options);
        expect(await read(`any.${format}`, '/secret', bytes)).toBe(`= ${canary}`);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a value that cannot be read says why and what to do', () => {
  const change = (bytes: Buffer, from: RegExp | string, to: string): string => {
    const text = bytes.toString().replace(from, to);
    expect(text).not.toBe(bytes.toString());
    return text;
  };

  it('with a key that it is not encrypted for', async () => {
    const other = ring.another('other.txt');
    const bytes = ring.encrypt('b.yaml', yaml);
    expect(await read('conf/b.yaml', '/smtp/password', bytes, other.keyFile)).toBe(
      `conf/b.yaml is encrypted for ${ring.recipient}, and ${other.keyFile} has the key of ${other.recipient}; add that to .sops.yaml and run: sops updatekeys conf/b.yaml`,
    );
  });

  it('without a key, with one that others can read, with one that is none or has a passphrase', async () => {
    const bytes = ring.encrypt('b.yaml', yaml);
    const missing = join(ring.folder, 'missing.txt');
    expect(await read('b.yaml', '/smtp/password', bytes, missing)).toBe(
      `the age key file ${missing} does not exist; put the key there, or name the file with the age key by AUTOGIT_AGE_KEY_FILE or --age-key-file`,
    );
    const none = createSopsReader({ keyFile: undefined, learn: () => {} });
    expect(await none({ path: 'b.yaml', pointer: '/smtp/password', bytes })).toMatchObject({
      failure: {
        detail: 'no age key is known here; name the file with the age key by AUTOGIT_AGE_KEY_FILE or --age-key-file',
      },
    });
    const open = ring.another('open.txt').keyFile;
    chmodSync(open, 0o644);
    expect(await read('b.yaml', '/smtp/password', bytes, open)).toBe(
      `the age key file ${open} is open to others on this machine; run: chmod 600 ${open}`,
    );
    const broken = join(ring.folder, 'broken.txt');
    const put = (text: string) => writeFileSync(broken, text, { mode: 0o600 });
    put('# a key\nssh-ed25519 AAAA\n');
    expect(await read('b.yaml', '/smtp/password', bytes, broken)).toMatch(
      /^line 2 of the age key file .* is no age key/,
    );
    put(readFileSync(ring.keyFile, 'utf8').replace(/[A-Z0-9]\n$/, (end) => (end === 'A\n' ? 'C\n' : 'A\n')));
    expect(await read('b.yaml', '/smtp/password', bytes, broken)).toMatch(/has a typing error/);
    put('');
    expect(await read('b.yaml', '/smtp/password', bytes, broken)).toMatch(/has no key; make one with age-keygen/);
    put(execFileSync(programs().age, ['-r', ring.recipient, '-a', ring.keyFile], { encoding: 'utf8' }));
    expect(await read('b.yaml', '/smtp/password', bytes, broken)).toMatch(/is itself encrypted; decrypt it with age/);
  });

  it('in a file that was changed by hand', async () => {
    const bytes = ring.encrypt('c.yaml', yaml);
    const value = (text: string, pointer = '/smtp/password') => read('c.yaml', pointer, text);
    const changed =
      /^c\.yaml was changed without SOPS: the value at \/smtp\/password is not what was encrypted there; restore/;
    const other =
      /^c\.yaml was changed without SOPS: a value was added, removed or replaced, so its sum does not fit; restore/;
    expect(await value(change(bytes, /(password: ENC\[AES256_GCM,data:)(.)/, '$1$2A'))).toMatch(changed);
    expect(
      await value(
        change(bytes, /password: ENC\[.*\]/, 'password: ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:YQ==,type:str]'),
      ),
    ).toMatch(changed);
    const user = /user: (ENC\[.*?\])/.exec(bytes.toString())?.[1] ?? '';
    expect(await value(change(bytes, /password: ENC\[.*?\]/, `password: ${user}`))).toMatch(changed);
    expect(await value(change(bytes, /password: ENC\[.*?\]/, 'password: mine'))).toMatch(other);
    expect(await value(change(bytes, /^ {4}user: .*\n/m, ''))).toMatch(other);
    expect(await value(change(bytes, /^smtp:/m, 'mine: yours\nsmtp:'))).toMatch(other);
    expect(await value(change(bytes, /^list:\n(.*\n)/m, 'list:\n$1$1'))).toMatch(other);
    expect(await value(change(bytes, /lastmodified: "20/, 'lastmodified: "19'))).toMatch(other);
    expect(await value(change(bytes, /^ {4}mac: .*\n/m, ''))).toMatch(/has a "sops" part without lastmodified or mac/);
    expect(await value(change(bytes, /(BEGIN AGE ENCRYPTED FILE-----\n +)...../, '$1AAAAA'))).toMatch(
      /is damaged; restore/,
    );
  });

  it('at a place where there is nothing, several values, or no text', async () => {
    const bytes = ring.encrypt('d.yaml', yaml);
    expect(await read('d.yaml', '/smtp/pass', bytes)).toBe(
      'd.yaml has nothing at /smtp/pass; there is user, password, lines, odd: name one of them after "#"',
    );
    expect(await read('d.yaml', '/smtp', bytes)).toBe(
      'd.yaml has several values at /smtp; there is user, password, lines, odd: name one of them after "#"',
    );
    expect(await read('d.yaml', '/list/7', bytes)).toBe('d.yaml has nothing at /list/7; correct the place after "#"');
    expect(await read('d.yaml', '/number', bytes)).toBe(
      'd.yaml has a value of type int at /number, and a secret is text; put it into quotes with: sops edit d.yaml',
    );
    expect(await read('d.yaml', '/truth', bytes)).toMatch(/of type bool at \/truth/);
  });

  it('in clear text, although the file is encrypted in part', async () => {
    const bytes = ring.encrypt('e.yaml', yaml, '--encrypted-regex', '^smtp$');
    expect(await read('e.yaml', '/list/0', bytes)).toMatch(
      /^e\.yaml has the value at \/list\/0 in clear text; let \.sops\.yaml/,
    );
    const sums = ring.encryptByRule('f.yaml', yaml, 'encrypted_regex: ^smtp$', 'mac_only_encrypted: true');
    expect(await read('f.yaml', '/planted', `planted: mine\n${sums}`)).toMatch(/in clear text/);
  });

  it('in a file that is not encrypted, not for age, not UTF-8, no YAML, no JSON, or INI', async () => {
    expect(await read('g.yaml', '/a', `a: ${canary}\n`)).toBe(
      'g.yaml is not encrypted (it has no "sops" part); run: sops encrypt --in-place g.yaml',
    );
    const bytes = ring.encrypt('g.yaml', yaml);
    const forPgp = change(bytes, /^ {4}age:\n(.*\n)*? {4}lastmod/m, '    pgp:\n        - fp: ABC\n    lastmod');
    expect(await read('g.yaml', '/a', forPgp)).toBe(
      'g.yaml is encrypted for pgp and not for age; add an age recipient to .sops.yaml and run: sops updatekeys g.yaml',
    );
    expect(await read('g.yaml', '/a', Buffer.from([0xff, 0xfe]))).toMatch(/is not UTF-8 text/);
    expect(await read('g.yaml', '/a', `a: "${canary}\nb: }`)).toMatch(/^g\.yaml is not YAML \(line \d+\)$/);
    expect(await read('g.json', '/a', `{"a": "${canary}"`)).toBe('g.json is not JSON');
    expect(await read('g.env', '/a', canary)).toBe('g.env is no dotenv file (line 1 has no "=")');
    expect(await read('g.ini', '/a', '[a]')).toMatch(/INI file, which is not read/);
    expect(await read('g.yaml', '/a', '['.repeat(100_000))).toMatch(/^g\.yaml is n(ot YAML|ested)/);
    expect(await read('g.json', '/a', '['.repeat(5000) + ']'.repeat(5000))).toMatch(/nested/);
  });

  it('never with a value in the sentence, whatever byte of the file is changed', async () => {
    const bytes = ring.encrypt('h.yaml', yaml);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const other = Buffer.from(bytes);
        other[at] = (other[at] ?? 0) ^ mask;
        const answer = await read('h.yaml', '/smtp/password', other);
        if (answer !== `= ${canary}`) expect(answer).not.toContain(canary.slice(0, 8));
      }),
      { numRuns: 300 },
    );
  });
});

import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { refuseOnTerminal } from '../../cli/show-secret.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');
const encrypted = join(import.meta.dirname, '../sops/encrypted');
const canary = 'canary \'one\' $x\\y\nand "two"';

const platform = `name: home
domain: home.lan
services:
  shop:
    image: "shop:1"
    environment: { DB_PASSWORD: { secret: db } }
    secrets: [smtp, sessions]
secrets:
  db: { env: SHOP_DB }
  smtp: { sops: "secrets.enc.yaml#/smtp/password" }
  sessions: { generate: {} }
  spare: { env: NOT_USED }
environments:
  staging:
    secrets: { smtp: { sops: "missing.enc.yaml#/smtp/password" } }
accept: { AG501: the image reads nothing else, AG412: the spare one comes into use soon }
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-secrets-'));
  await writeFile(at('autogit.yaml'), platform);
  await copyFile(join(encrypted, 'secrets.enc.yaml'), at('secrets.enc.yaml'));
  await copyFile(join(encrypted, 'age-key.txt'), at('age-key.txt'));
  await chmod(at('age-key.txt'), 0o600);
});
afterEach(() => rm(folder, { recursive: true }));

describe('autogit secrets', () => {
  it('lists every secret, where it comes from, who uses it and whether it can be read, and makes nothing', async () => {
    const { code, out, err } = await autogit(['secrets', 'list']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      [
        'secret    from                                  now                              used by',
        'db        environment variable SHOP_DB          can be read                      shop (DB_PASSWORD)',
        'sessions  generated                             is made when it is first needed  shop (/run/secrets/sessions)',
        'smtp      SOPS secrets.enc.yaml#/smtp/password  can be read                      shop (/run/secrets/smtp)',
        'spare     environment variable NOT_USED         CANNOT BE READ                   nobody',
        '',
        '  secret "spare" is to be in the environment variable NOT_USED, which is not set; set it for the reconciler and restart it',
        '',
      ].join('\n'),
    );
    expect(await readdir(folder)).not.toContain('state');
  });

  it('says the same to programs, without a value', async () => {
    const { out } = await autogit(['secrets', 'list', '--format', 'json']);
    expect(JSON.parse(out).secrets[2]).toEqual({
      id: 'smtp',
      from: 'SOPS secrets.enc.yaml#/smtp/password',
      users: ['shop (/run/secrets/smtp)'],
      state: 'there',
    });
    expect(out).not.toContain('canary');
    expect(out).not.toContain('kanarienvogel');
  });

  it('checks: what is used can be read, or the end is 1 and the next step is told', async () => {
    expect((await autogit(['secrets', 'check'])).code).toBe(0);
    const without = await autogit(['secrets', 'check'], { SOPS_AGE_KEY_FILE: '' });
    expect(without.code).toBe(1);
    expect(without.out).toContain(
      'secret "smtp": no age key is known here; name the file with the age key by AUTOGIT_AGE',
    );
  });

  it('tells about an encrypted file that the repository does not have, at its line, in that environment alone', async () => {
    const { code, err } = await autogit(['secrets', 'list', '--env', 'staging']);
    expect(code).toBe(1);
    expect(err).toContain('autogit.yaml:15:30: error AG306: missing.enc.yaml is not in the repository');
    expect((await autogit(['secrets', 'list'], { AUTOGIT_ENV: 'staging' })).code).toBe(1);
  });

  it('writes the files that rendered Compose projects name, where this user alone comes in and containers can read them', async () => {
    // A folder that is there already and open to others.
    await mkdir(at('rendered/compose/local/secrets'), { recursive: true, mode: 0o755 });
    expect(await autogit(['secrets', 'write'])).toEqual({
      code: 0,
      err: '',
      out: 'rendered/compose/local/secrets/sessions\nrendered/compose/local/secrets/smtp\nrendered/compose/local/.env\n',
    });
    const files = ['secrets/sessions', 'secrets/smtp', '.env'].map((name) => at(`rendered/compose/local/${name}`));
    const modes = await Promise.all(
      [at('rendered/compose/local/secrets'), ...files].map(async (path) => (await stat(path)).mode & 0o777),
    );
    expect(modes).toEqual([0o700, 0o444, 0o444, 0o600]);
    const [sessions = '', smtp = ''] = files;
    expect(await readFile(smtp, 'utf8')).toBe('kanarienvogel-4711');
    const before = await readFile(sessions, 'utf8');
    await autogit(['secrets', 'write']);
    expect(await readFile(sessions, 'utf8')).toBe(before);
    expect(await readFile(at('state/secrets/sessions'), 'utf8')).toBe(before);
  });

  it('writes nothing when one value cannot be read', async () => {
    const { code, err } = await autogit(['secrets', 'write'], { SHOP_DB: '' });
    expect(code).toBe(1);
    expect(err).toMatch(/^autogit: secret "db" is to be in .*\nnothing was written\n$/);
    expect(await readdir(folder)).not.toContain('rendered');
  });

  it('prints Secrets that kubectl applies', async () => {
    const { code, out } = await autogit(['secrets', 'manifest']);
    expect(code).toBe(0);
    const objects = parseAllDocuments(out).map((document) => parse(String(document)));
    expect(objects.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name])).toEqual([
      ['Secret', 'home', 'home-db'],
      ['Secret', 'home', 'home-sessions'],
      ['Secret', 'home', 'home-smtp'],
    ]);
    expect(objects[0].stringData).toEqual({ value: canary });
  });

  it('knows no other action', async () => {
    expect(await autogit(['secrets', 'tell'])).toEqual({
      code: 64,
      out: '',
      err: "there is no 'autogit secrets tell'; there are list, check, write, manifest and show\n",
    });
    expect(await autogit(['secrets', 'list', 'db'])).toMatchObject({ code: 64, out: '' });
  });
});

describe('autogit secrets show', () => {
  it('prints the value that AutoGit made, as the reconciler of this state folder reads it, and nothing else', async () => {
    await mkdir(at('state/secrets'), { recursive: true });
    await writeFile(at('state/secrets/sessions'), 'a-made-value\n', { mode: 0o600 });
    expect(await autogit(['secrets', 'show', 'sessions'])).toEqual({ code: 0, out: 'a-made-value\n', err: '' });
    expect((await autogit(['secrets', 'show', 'db'])).out).toBe(`${canary}\n`);
    expect((await autogit(['secrets', 'show', 'smtp'])).out).toBe('kanarienvogel-4711\n');
  });

  it('makes no value that is not there yet, and says where it would be', async () => {
    const { code, out, err } = await autogit(['secrets', 'show', 'sessions']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`'sessions' is not in ${at('state')}`);
    expect(err).toContain('--state');
    expect(await readdir(folder)).not.toContain('state');
  });

  it('names the nearest secret for one that is not there, and the list for none', async () => {
    expect(await autogit(['secrets', 'show', 'sesions'])).toEqual({
      code: 1,
      out: '',
      err: "autogit: the platform has no secret 'sesions'\nnext: did you mean sessions?\n",
    });
    expect(await autogit(['secrets', 'show'])).toMatchObject({ code: 64, out: '' });
  });

  it('does not put a value on a screen that did not ask for it', () => {
    expect(() => refuseOnTerminal('sessions', true, false)).toThrow(/autogit secrets show sessions --reveal/);
    expect(() => refuseOnTerminal('sessions', true, true)).not.toThrow();
    expect(() => refuseOnTerminal('sessions', false, false)).not.toThrow();
  });
});

function at(path: string): string {
  return join(folder, path);
}

function autogit(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const all = {
    PATH: process.env.PATH ?? '',
    AUTOGIT_STATE: at('state'),
    SOPS_AGE_KEY_FILE: at('age-key.txt'),
    SHOP_DB: canary,
    ...env,
  };
  return new Promise((done) => {
    execFile(process.execPath, [main, ...args], { cwd: folder, env: all }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { componentFiles } from '../contract/component-files.ts';
import { readConfiguration } from '../real/chain/stand-in/configuration.ts';

type Json = Record<string, unknown>;

const ajv = new Ajv2020({ strict: false, unicodeRegExp: false, validateFormats: false, allErrors: true });
const [judgeConfig, judgeUsers] = ['configuration', 'users'].map((name) =>
  ajv.compile(JSON.parse(readFileSync(join(import.meta.dirname, 'authelia-schema', `${name}.json`), 'utf8'))),
) as [ReturnType<Ajv2020['compile']>, ReturnType<Ajv2020['compile']>];

/** What the start and the template filter put where a file is named. */
const digest = `$pbkdf2-sha512$310000$${'a'.repeat(22)}$${'b'.repeat(86)}`;
const userDigest = `$argon2id$v=19$m=65536,t=3,p=4$${'a'.repeat(22)}$${'b'.repeat(43)}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().replaceAll('\n', '\\n');

describe.each(['minimal', 'full'] as const)('the configuration of Authelia in its %s form', (form) => {
  it('fits the schema of Authelia', async () => {
    const config = filled(await rendered(form, 'sso-config'));
    expect(judgeConfig(config), JSON.stringify(judgeConfig.errors)).toBe(true);
  });

  // Its schema misses this: Authelia ends at the start where the default is to deny and no rule is there.
  it('has a rule, as the default to deny asks for, whatever is guarded', async () => {
    const text = await rendered(form, 'sso-config');
    const { access_control: access, ...rest } = parse(text) as Json;
    expect(startError(text)).toBeUndefined();
    expect(startError(stringify({ ...rest, access_control: { default_policy: 'deny' } }))).toContain(
      "when no rules are specified it must be 'two_factor' or 'one_factor'",
    );
    expect(access).toMatchObject({ default_policy: 'deny', rules: expect.arrayContaining([expect.anything()]) });
  });

  it('would not fit with a key that Authelia does not know', async () => {
    const config = filled(await rendered(form, 'sso-config'));
    expect(judgeConfig({ ...config, acces_control: {} })).toBe(false);
    expect(judgeConfig({ ...config, access_control: { default_policy: 'refuse' } })).toBe(false);
  });

  it('holds no secret, and gives none twice', async () => {
    const { platform } = await compiled(form);
    const sso = platform?.workloads.find(({ id }) => id === 'sso');
    const variables = (sso?.environment ?? []).map(({ name }) => name);
    expect(new Set(variables).size).toBe(variables.length);
    const config = (await rendered(form, 'sso-config')).toLowerCase();
    for (const word of ['jwt_secret', 'encryption_key', 'hmac_secret', 'password:']) expect(config).not.toContain(word);
    for (const [, value] of config.matchAll(/client_secret: (.*)/g)) expect(value).toMatch(/^"\{\{ secret `\/tmp\//);
  });

  it('is asked and answers over HTTPS under the domain of the cookie', async () => {
    const config = filled(await rendered(form, 'sso-config')) as {
      session: { cookies: { domain: string; authelia_url: string }[] };
      identity_providers?: { oidc: { clients: { redirect_uris: string[] }[] } };
    };
    const addresses = [
      ...config.session.cookies.map(({ authelia_url }) => authelia_url),
      ...(config.identity_providers?.oidc.clients.flatMap(({ redirect_uris }) => redirect_uris) ?? []),
    ];
    for (const address of addresses) expect(address).toMatch(/^https:\/\/[a-z]+\.home\.lan(?:\/|$)/);
  });
});

it('has users that fit the schema where no directory has them', async () => {
  const text = (await rendered('minimal', 'sso-users')).replaceAll(/"@[a-z]+@"/g, JSON.stringify(userDigest));
  expect(judgeUsers(parse(text)), JSON.stringify(judgeUsers.errors)).toBe(true);
});

describe('with a directory', () => {
  it('asks it, and has no users of its own', async () => {
    const { authentication_backend } = parse(await rendered('full', 'sso-config')) as Json;
    expect(authentication_backend).toEqual({
      // There is a mail server for those who forgot theirs.
      password_reset: { disable: false },
      ldap: {
        implementation: 'lldap',
        address: 'ldap://home-directory:3890',
        base_dn: 'dc=home,dc=lan',
        user: 'uid=sso-reader,ou=people,dc=home,dc=lan',
      },
    });
    const { platform } = await compiled('full');
    const sso = platform?.workloads.find(({ id }) => id === 'sso');
    expect(sso?.environment.find(({ name }) => name.includes('LDAP'))).toMatchObject({
      name: 'AUTHELIA_AUTHENTICATION_BACKEND_LDAP_PASSWORD_FILE',
      value: { kind: 'secret-file', secret: 'sso-directory-password' },
    });
    expect(platform?.configs.map(({ id }) => id)).not.toContain('sso-users');
    expect(await rendered('full', 'sso-start')).not.toContain('users.yml');
  });

  it('waits for it, which waits for nobody, and first passwords go there alone', async () => {
    const { platform } = await compiled('full');
    const of = (wanted: string) => platform?.workloads.find(({ id }) => id === wanted);
    expect(of('sso')?.needs.map(({ workload }) => workload)).toContain('directory');
    expect(of('directory')?.needs.map(({ workload }) => workload)).toEqual(['directory-owner']);
    const mounted = (wanted: string) =>
      of(wanted)?.mounts.flatMap((mount) => (mount.kind === 'secret' ? mount.secret : []));
    expect(mounted('directory')).toEqual(expect.arrayContaining(['ana', 'sso-ben-password', 'sso-directory-password']));
    expect(mounted('sso')).not.toContain('ana');
    const ways = platform?.links.filter(({ to }) => to === 'directory').map(({ from, port }) => `${from} ${port}`);
    expect(ways).toEqual(['ingress 17170', 'sso 3890']);
  });

  it('refuses users that the directory could not take', async () => {
    const people = '{ admin: { email: a@example.org }, ben: { email: A@example.org } }';
    const text = `name: home\ndomain: home.lan\ncertificates: own-ca\nsso: { use: authelia, directory: lldap, users: ${people} }\n`;
    const { diagnostics } = await compile({ file: 'a.yaml', bytes: Buffer.from(text), catalog, targets });
    expect(diagnostics.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'AG445 /sso/users/admin',
      'AG445 /sso/users/ben/email',
    ]);
  });
});

it('is started for the forge alone, with nothing at the ingress that asks for sign-on', async () => {
  const text = `name: home
domain: home.lan
forge: forgejo
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org, groups: [admins] } } }
`;
  const { platform } = await compile({ file: 'a.yaml', bytes: Buffer.from(text), catalog, targets, target: 'compose' });
  const config = platform?.configs.find(({ id }) => id === 'sso-config')?.text ?? '';
  expect(startError(config)).toBeUndefined();
  expect((parse(config) as Json).access_control).toEqual({
    default_policy: 'deny',
    rules: [{ domain: 'auth.home.lan', policy: 'deny' }],
  });
});

it('the forge is a client, and comes back to its own address', async () => {
  const config = parse(await rendered('full', 'sso-config')) as Json & {
    identity_providers: { oidc: { clients: Json[] } };
  };
  expect(config.identity_providers.oidc.clients).toMatchObject([
    { client_id: 'forge', redirect_uris: ['https://git.home.lan/user/oauth2/sso/callback'], require_pkce: false },
  ]);
});

it.each(['forgejo', 'gitea'])(
  'an account that %s has already is connected by its own password, not by an address',
  async (use) => {
    const text = `name: home
domain: home.lan
forge: ${use}
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org } } }
`;
    const { platform } = await compile({
      file: 'a.yaml',
      bytes: Buffer.from(text),
      catalog,
      targets,
      target: 'compose',
    });
    const forge = platform?.workloads.find(({ id }) => id === 'forge');
    expect(forge?.environment.find(({ name }) => name.endsWith('__oauth2_client__ACCOUNT_LINKING'))?.value).toEqual({
      kind: 'text',
      text: 'login',
    });
  },
);

async function compiled(form: 'minimal' | 'full') {
  const text = `name: home\ndomain: home.lan\n${componentFiles.authelia?.[form]}`;
  const result = await compile({ file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets, target: 'compose' });
  expect(result.diagnostics).toEqual([]);
  return result;
}

async function rendered(form: 'minimal' | 'full', id: string): Promise<string> {
  const { platform } = await compiled(form);
  return platform?.configs.find((config) => config.id === id)?.text ?? '';
}

/** What the stand-in, which judges a configuration as Authelia does at its start, says against it. */
function startError(text: string): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'autogit-authelia-'));
  try {
    const path = join(dir, 'configuration.yml');
    writeFileSync(path, text);
    readConfiguration(path, {});
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function filled(text: string): Json {
  const full = text
    .replaceAll(/\{\{ secret `\/tmp\/\w+\.hash` \}\}/g, digest)
    .replaceAll(/\{\{ secret `\/tmp\/oidc\.key` \}\}/g, key);
  return parse(full) as Json;
}

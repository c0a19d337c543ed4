import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { namesIn, unknownSettings } from './app-ini-names.ts';

/** What `namesIn` finds in custom/conf/app.example.ini of the module code.gitea.io/gitea v1.26.4. */
const listed = join(import.meta.dirname, 'gitea-settings.json');
/** Where the forge of the tests was built on this machine. */
const source = join(
  process.env.GOMODCACHE ?? join(homedir(), 'go/pkg/mod'),
  'code.gitea.io/gitea@v1.26.4/custom/conf/app.example.ini',
);
const known = JSON.parse(readFileSync(listed, 'utf8')) as Record<string, readonly string[]>;

/** Those that the example does not show. */
const unlisted: Readonly<Record<string, readonly string[]>> = {
  // modules/setting/database.go of Forgejo (https://forgejo.org/docs/latest/admin/config-cheat-sheet/#database-database).
  database: ['PASSWD_URI'],
};
const all = Object.fromEntries(
  [...new Set([...Object.keys(known), ...Object.keys(unlisted)])].map((section) => [
    section,
    [...(known[section] ?? []), ...(unlisted[section] ?? [])],
  ]),
);

async function settingsOf(text: string): Promise<Readonly<Record<string, string>>> {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${text}`);
  const { platform, diagnostics } = await compile({ file: 'autogit.yaml', bytes, catalog, targets });
  const forge = platform?.workloads.find(({ id }) => id === 'forge');
  if (forge === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return Object.fromEntries(
    forge.environment.map(({ name, value }) => [name, value.kind === 'text' ? value.text : value.kind]),
  );
}

const signOn =
  'certificates: own-ca\nsso: { use: authelia, users: { ana: { email: ana@home.lan, groups: [admins] } } }\n';

describe.each(['forgejo', 'gitea'] as const)('the settings of %s', (use) => {
  it.each([
    ['alone', `forge: ${use}\n`],
    ['with SSH on the host', `forge: { use: ${use}, ssh: { port: 2222 }, registration: closed }\n`],
    ['with SSH through the ingress', `forge: { use: ${use}, ssh: { port: 2222, through: ingress } }\n`],
    ['with a database and metrics', `forge: ${use}\ndatabase: postgres\nmonitoring: prometheus\n`],
    ['with sign-on', `forge: ${use}\n${signOn}`],
  ])('%s are all known to the program', async (_, text) => {
    const names = Object.keys(await settingsOf(text));
    expect(names.filter((name) => name.includes('__')).length).toBeGreaterThan(10);
    expect(unknownSettings(names, all)).toEqual([]);
  });

  it.each([
    ['approval', { REGISTER_MANUAL_CONFIRM: 'true' }],
    ['open', {}],
    ['closed', { DISABLE_REGISTRATION: 'true' }],
  ])('let people register: %s', async (registration, expected) => {
    const prefix = `${use.toUpperCase()}__service__`;
    const found = Object.entries(await settingsOf(`forge: { use: ${use}, registration: ${registration} }\n`))
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, text]) => [name.slice(prefix.length), text]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('let nobody in without approval when the file says nothing, and leave that to sign-on where it is', async () => {
    const name = `${use.toUpperCase()}__service__REGISTER_MANUAL_CONFIRM`;
    expect((await settingsOf(`forge: ${use}\n`))[name]).toBe('true');
    const signed = await settingsOf(`forge: ${use}\n${signOn}`);
    expect(signed[name]).toBeUndefined();
    expect(signed[`${use.toUpperCase()}__service__ALLOW_ONLY_EXTERNAL_REGISTRATION`]).toBe('true');
  });

  it('have no way of registering beside sign-on', async () => {
    await expect(settingsOf(`forge: { use: ${use}, registration: open }\n${signOn}`)).rejects.toThrow(
      'with `sso` accounts are made at the first sign-on',
    );
  });
});

describe('a setting that the program does not know', () => {
  it.each([
    'GITEA__server__HTTP_PROT',
    'GITEA__servre__HTTP_PORT',
    'GITEA__service__HTTP_PORT',
    'FORGEJO__metrics__TOKEN_FILE',
    'GITEA__server__http_port',
  ])('%s is found', (planted) => {
    expect(unknownSettings(['GITEA__server__HTTP_PORT', planted, 'GITEA_TEMP'], all)).toEqual([planted]);
  });

  it.skipIf(!existsSync(source))('is judged by the list of the version that the tests build', () => {
    expect(namesIn(readFileSync(source, 'utf8'))).toEqual(known);
  });
});

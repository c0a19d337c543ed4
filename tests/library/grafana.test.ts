import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { roleExpression } from '../../library/prometheus/grafana-sign-on.ts';

const signOn = `certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org, groups: [admins] } } }
`;

/** The keys of `conf/defaults.ini` of Grafana 13 that are written, by section. No program judges them. */
const known: Readonly<Record<string, readonly string[]>> = {
  SERVER: ['HTTP_PORT', 'ROOT_URL'],
  SECURITY: ['ADMIN_USER', 'ADMIN_PASSWORD', 'COOKIE_SECURE'],
  USERS: ['ALLOW_SIGN_UP'],
  ANALYTICS: ['REPORTING_ENABLED', 'CHECK_FOR_UPDATES', 'CHECK_FOR_PLUGIN_UPDATES'],
  PLUGINS: ['PREINSTALL_DISABLED'],
  AUTH_GENERIC_OAUTH: [
    'ALLOWED_GROUPS',
    'ALLOW_SIGN_UP',
    'API_URL',
    'AUTH_STYLE',
    'AUTH_URL',
    'AUTO_LOGIN',
    'CLIENT_ID',
    'CLIENT_SECRET',
    'EMAIL_ATTRIBUTE_PATH',
    'ENABLED',
    'GROUPS_ATTRIBUTE_PATH',
    'LOGIN_ATTRIBUTE_PATH',
    'NAME',
    'NAME_ATTRIBUTE_PATH',
    'ROLE_ATTRIBUTE_PATH',
    'SCOPES',
    'SIGNOUT_REDIRECT_URL',
    'TLS_CLIENT_CA',
    'TOKEN_URL',
    'USE_PKCE',
  ],
};

describe('the settings of Grafana', () => {
  it.each(['compose', 'kubernetes'] as const)(
    'are keys that it knows, each once, and hold no secret, on %s',
    async (target) => {
      const { grafana } = await rendered(
        `${signOn}monitoring: { use: prometheus, groups: { viewer: [family] } }\n`,
        target,
      );
      const variables = grafana?.environment ?? [];
      const names = variables.map(({ name }) => name.replace(/__FILE$/, ''));
      const all = Object.entries(known).flatMap(([section, keys]) => keys.map((key) => `GF_${section}_${key}`));
      expect(names.filter((name) => !all.includes(name))).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
      for (const { name, value } of variables) expect(value.kind === 'secret-file').toBe(name.endsWith('__FILE'));
    },
  );

  it('speak of no sign-on where the file has none', async () => {
    const { grafana } = await rendered('monitoring: prometheus\n');
    expect(grafana?.environment.map(({ name }) => name).filter((name) => name.includes('OAUTH'))).toEqual([]);
  });
});

describe('Grafana as a client of sign-on', () => {
  it('shares its secret with Authelia, proves by PKCE, and finds groups in the ID token', async () => {
    const { client, policies, grafana } = await rendered(`${signOn}monitoring: prometheus\n`);
    expect(client).toMatchObject({
      client_id: 'monitoring',
      redirect_uris: ['https://dashboards.home.lan/login/generic_oauth'],
      require_pkce: true,
      pkce_challenge_method: 'S256',
      token_endpoint_auth_method: 'client_secret_basic',
      claims_policy: 'id-token',
    });
    expect(policies).toEqual({ 'id-token': { id_token: ['email', 'groups', 'name', 'preferred_username'] } });
    const secret = grafana?.environment.find(({ name }) => name.includes('CLIENT_SECRET'))?.value;
    expect(secret).toEqual({ kind: 'secret-file', secret: 'monitoring-sso-secret' });
  });

  it('reaches the issuer through the ingress, and Prometheus does not', async () => {
    const { platform } = await rendered(`${signOn}monitoring: prometheus\n`);
    const ways = (platform?.links ?? []).map(({ from, to }) => `${from} ${to}`);
    expect(ways).toContain('monitoring-dashboards ingress');
    expect(ways).not.toContain('monitoring-dashboards sso');
  });

  it('leaves out who is in no group that may look', async () => {
    const { grafana } = await rendered(
      `${signOn}monitoring: { use: prometheus, groups: { editor: [operators], viewer: [family] } }\n`,
    );
    const allowed = grafana?.environment.find(({ name }) => name.endsWith('ALLOWED_GROUPS'))?.value;
    expect(allowed).toEqual({ kind: 'text', text: 'admins operators family' });
  });

  it('gives each the highest role of the groups that it is in', () => {
    expect(roleExpression(['admins'], ['operators'])).toBe(
      "contains(groups || `[]`, 'admins') && 'Admin' || contains(groups || `[]`, 'operators') && 'Editor' || 'Viewer'",
    );
  });

  it.each([
    ['monitoring: { use: prometheus, groups: { viewer: [family] } }\n', 'the file has no sign-on'],
    [`${signOn}monitoring: { use: prometheus, groups: { admin: [], viewer: [] } }\n`, 'nobody could open'],
    [`${signOn}monitoring: { use: prometheus, dashboards: false, groups: { viewer: [family] } }\n`, 'left out'],
  ])('says what groups do not do: %s', async (text, said) => {
    const { diagnostics } = await compiled(text);
    expect(diagnostics).toMatchObject([{ code: 'AG435', message: expect.stringContaining(said) }]);
  });
});

function compiled(rest: string, target: 'compose' | 'kubernetes' = 'compose') {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${rest}`);
  return compile({ file: 'autogit.yaml', bytes, catalog, targets, target });
}

async function rendered(rest: string, target?: 'compose' | 'kubernetes') {
  const { platform, diagnostics } = await compiled(rest, target);
  expect(diagnostics).toEqual([]);
  const config = parse(platform?.configs.find(({ id }) => id === 'sso-config')?.text ?? '{}') as {
    identity_providers?: { oidc: { clients: readonly object[]; claims_policies: object } };
  };
  return {
    platform,
    grafana: platform?.workloads.find(({ id }) => id === 'monitoring-dashboards'),
    client: config.identity_providers?.oidc.clients[0],
    policies: config.identity_providers?.oidc.claims_policies,
  };
}

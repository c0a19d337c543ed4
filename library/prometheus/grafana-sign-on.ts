/**
 * How Grafana signs users on by OpenID Connect
 * (https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/generic-oauth/).
 */
import type { Demand } from '../../compiler/model/binding.ts';
import type { ExpandContext, PartContext } from '../../compiler/model/component.ts';
import type { EnvironmentVariable, Mount, Secret } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { PrometheusSpec } from '../../schema/spec.ts';
import { authorityTrust, trustFolder } from '../authority-trust.ts';

export interface SignOn {
  readonly environment: readonly EnvironmentVariable[];
  readonly mounts: readonly Mount[];
  readonly secrets: readonly Secret[];
}

/** A client of sign-on, and the way of Grafana to the ingress, through which the issuer alone answers. */
export function signOnDemands({ platform, origin, url }: PartContext, grafana: string): readonly Demand[] {
  if (!platform.roles.includes('sso') || url === undefined) return [];
  const callbacks = [`${url}/login/generic_oauth`];
  return [
    { role: 'sso', origin, wait: false, from: grafana, signOn: { callbacks, pkce: true, readsIdToken: true } },
    { role: 'ingress', origin, wait: false, from: grafana },
  ];
}

/** What Grafana gets beside its own settings; undefined without sign-on. */
export function signOnOf({ groups }: PrometheusSpec, context: ExpandContext): SignOn | undefined {
  const { origin, bindings } = context;
  const { sso } = bindings;
  if (sso === undefined) return undefined;
  const trust = authorityTrust(context);
  const { admin, editor, viewer } = groups ?? { admin: ['admins'], editor: [] };
  const text: Readonly<Record<string, string>> = {
    ENABLED: 'true',
    NAME: 'Sign-on',
    CLIENT_ID: sso.clientId,
    SCOPES: 'openid profile email groups',
    AUTH_URL: sso.endpoints.authorization,
    TOKEN_URL: sso.endpoints.token,
    API_URL: sso.endpoints.userinfo,
    AUTH_STYLE: 'InHeader',
    USE_PKCE: 'true',
    LOGIN_ATTRIBUTE_PATH: 'preferred_username',
    NAME_ATTRIBUTE_PATH: 'name',
    EMAIL_ATTRIBUTE_PATH: 'email',
    GROUPS_ATTRIBUTE_PATH: 'groups',
    ROLE_ATTRIBUTE_PATH: roleExpression(admin, editor),
    // Accounts are made at the first sign-on, which `allow_sign_up` of users does not speak of.
    ALLOW_SIGN_UP: 'true',
    AUTO_LOGIN: 'true',
    // Without it a person who signs off is signed on again at once.
    SIGNOUT_REDIRECT_URL: sso.endpoints.signOff,
    ...(viewer === undefined ? {} : { ALLOWED_GROUPS: [...new Set([...admin, ...editor, ...viewer])].join(' ') }),
    ...(trust === undefined ? {} : { TLS_CLIENT_CA: `${trustFolder}/ca.crt` }),
  };
  const place = pointerTo(origin, 'groups');
  return {
    environment: [
      ...Object.entries(text).map(
        ([key, value]): EnvironmentVariable => ({
          name: `GF_AUTH_GENERIC_OAUTH_${key}`,
          value: { kind: 'text', text: value },
          origin: place,
        }),
      ),
      {
        name: 'GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET__FILE',
        value: { kind: 'secret-file', secret: sso.clientSecret },
        origin,
      },
      // The name is served over HTTPS alone.
      { name: 'GF_SECURITY_COOKIE_SECURE', value: { kind: 'text', text: 'true' }, origin },
    ],
    mounts: [
      { kind: 'secret', secret: sso.clientSecret, path: secretPath(sso.clientSecret) },
      ...(trust === undefined ? [] : [trust.mount]),
    ],
    secrets: trust?.secrets ?? [],
  };
}

/** JMESPath (https://jmespath.org/specification.html); the first role that fits. Who is in no group has no claim of them. */
export function roleExpression(admin: readonly string[], editor: readonly string[]): string {
  const inOne = (groups: readonly string[], role: string): readonly string[] =>
    groups.map((group) => `contains(groups || \`[]\`, '${group}') && '${role}'`);
  return [...inOne(admin, 'Admin'), ...inOne(editor, 'Editor'), "'Viewer'"].join(' || ');
}

/** OpenID Connect by a certified library, with the clients, the key and the users of Authelia's files. */
import { createHash, createPrivateKey } from 'node:crypto';
import Provider from 'oidc-provider';
import type { Configuration, OidcClient, User } from './configuration.ts';
import { isDigestOf } from './digest.ts';

type Oidc = NonNullable<Configuration['identity_providers']>['oidc'];

/** Scopes and the claims behind them, as Authelia has them: with a code flow they are in the answer of `userinfo`. */
const claims = {
  openid: ['sub'],
  profile: ['name', 'preferred_username'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
};

export function openidProvider(
  oidc: Oidc,
  issuer: string,
  users: ReadonlyMap<string, User>,
  cookieKey: string,
): Provider {
  const clients = new Map(oidc.clients.map((client) => [client.client_id, client]));
  const provider: Provider = new Provider(issuer, {
    clients: oidc.clients.map(metadataOf),
    jwks: {
      keys: oidc.jwks.map(({ key }) => ({
        ...createPrivateKey(key).export({ format: 'jwk' }),
        alg: 'RS256',
        use: 'sig',
      })),
    },
    routes: {
      authorization: '/api/oidc/authorization',
      token: '/api/oidc/token',
      userinfo: '/api/oidc/userinfo',
      jwks: '/jwks.json',
    },
    claims,
    cookies: { keys: [cookieKey] },
    features: { devInteractions: { enabled: false } },
    interactions: {
      url: (_: unknown, { uid }: { readonly uid: string }) =>
        `/?${new URLSearchParams({ flow: 'openid_connect', flow_id: uid })}`,
    },
    pkce: {
      required: (_: unknown, client: { readonly clientId: string }) =>
        clients.get(client.clientId)?.require_pkce === true,
    },
    findAccount: (_: unknown, subject: string) =>
      accountOf([...users.values()].find(({ name }) => subjectOf(name) === subject)),
    loadExistingGrant: async (context: Asked) => {
      const { client, session, params } = context.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(params.scope);
      await grant.save();
      return grant;
    },
  });
  // Behind the ingress.
  provider.proxy = true;
  // The file has hashes of the secrets.
  provider.Client.prototype.compareClientSecret = function (given) {
    return isDigestOf(this.clientSecret, given);
  };
  for (const event of ['server_error', 'authorization.error', 'grant.error', 'userinfo.error'])
    provider.on(event, (_, error) =>
      console.error(JSON.stringify({ level: 'error', event, ...error, message: error.message })),
    );
  return provider;
}

interface Asked {
  readonly oidc: {
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
    readonly params: { readonly scope: string };
  };
}

/** A client that needs more than a first factor, or the consent of somebody, cannot be served here. */
function metadataOf(client: OidcClient): Readonly<Record<string, unknown>> {
  if (client.consent_mode !== 'implicit' || client.authorization_policy !== 'one_factor')
    throw new Error(`${client.client_id}: the stand-in knows implicit consent and one factor alone`);
  return {
    client_id: client.client_id,
    client_name: client.client_name,
    client_secret: client.client_secret,
    redirect_uris: client.redirect_uris,
    response_types: client.response_types,
    grant_types: client.grant_types,
    scope: client.scopes.join(' '),
    token_endpoint_auth_method: client.token_endpoint_auth_method,
  };
}

/** A subject that says nothing of the name, as Authelia's does not. */
export function subjectOf(name: string): string {
  return createHash('sha256').update(`subject ${name}`).digest('hex').slice(0, 32);
}

function accountOf(user: User | undefined) {
  if (user === undefined) return undefined;
  const { name, displayname, email, groups } = user;
  const sub = subjectOf(name);
  return {
    accountId: sub,
    claims: () => ({ sub, name: displayname, preferred_username: name, email, email_verified: true, groups }),
  };
}

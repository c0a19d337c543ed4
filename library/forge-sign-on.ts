/**
 * How Gitea and Forgejo sign users on by OpenID Connect. Neither reads a source of accounts from a file, so the program's
 * own command adds it, inside its container, as soon as sign-on answers; the forge does not wait for it.
 */
import type { Demand, SsoBinding } from '../compiler/model/binding.ts';
import type { ExpandContext, PartContext } from '../compiler/model/component.ts';
import type { Config, Mount, Secret } from '../compiler/model/platform.ts';
import { secretPath } from '../compiler/model/secret-mounts.ts';
import { authorityTrust, trustFolder } from './authority-trust.ts';

/** Name of the source; it is part of the address that users come back to. */
const source = 'sso';
const scriptPath = '/etc/autogit/start.sh';

type Setting = readonly [section: string, key: string, value: string];

export interface SignOn {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly settings: readonly Setting[];
  /** Further variables. */
  readonly variables: readonly (readonly [name: string, text: string])[];
  readonly mounts: readonly Mount[];
  readonly configs: readonly Config[];
  readonly secrets: readonly Secret[];
}

/** A client of sign-on, and a way to the ingress, through which the issuer alone answers. Gitea sends no PKCE. */
export function signOnDemands({ platform, origin, url }: PartContext, pkce: boolean): readonly Demand[] {
  if (!platform.roles.includes('sso') || url === undefined) return [];
  const callbacks = [`${url}/user/oauth2/${source}/callback`];
  return [
    { role: 'sso', origin, wait: false, signOn: { callbacks, pkce } },
    { role: 'ingress', origin, wait: false },
  ];
}

/** What a forge gets beside its own settings; undefined without sign-on. `program`: its command. */
export function signOnOf(program: string, context: ExpandContext): SignOn | undefined {
  const { id, origin, bindings } = context;
  const { sso } = bindings;
  if (sso === undefined) return undefined;
  const trust = authorityTrust(context);
  return {
    entrypoint: ['/usr/bin/dumb-init', '--', '/bin/sh', scriptPath],
    command: [],
    settings,
    variables: trust === undefined ? [] : [['SSL_CERT_DIR', `/etc/ssl/certs:${trustFolder}`]],
    mounts: [
      { kind: 'config', config: `${id}-start`, path: scriptPath },
      { kind: 'secret', secret: sso.clientSecret, path: secretPath(sso.clientSecret) },
      ...(trust === undefined ? [] : [trust.mount]),
    ],
    configs: [{ id: `${id}-start`, workload: id, origin, file: 'start.sh', text: signOnScript(program, sso) }],
    secrets: trust?.secrets ?? [],
  };
}

/**
 * Accounts are made at the first sign-on; nobody registers otherwise. An account that is there already under the same name
 * or address is connected once its own password was given: an equal address alone proves nothing, and people may set theirs
 * in a directory.
 */
const settings: readonly Setting[] = [
  ['oauth2_client', 'ENABLE_AUTO_REGISTRATION', 'true'],
  ['oauth2_client', 'USERNAME', 'preferred_username'],
  ['oauth2_client', 'ACCOUNT_LINKING', 'login'],
  ['service', 'ALLOW_ONLY_EXTERNAL_REGISTRATION', 'true'],
  ['service', 'SHOW_REGISTRATION_BUTTON', 'false'],
  ['openid', 'ENABLE_OPENID_SIGNIN', 'false'],
];

/**
 * POSIX shell for BusyBox. A source that is there is brought up to date before the forge starts, because a changed secret
 * counts from the next start on; otherwise, and while sign-on does not answer, it is tried beside the running forge.
 */
export function signOnScript(program: string, { issuer, clientId, clientSecret }: SsoBinding): string {
  return `# Starts the forge and sets up its sign-on.
set -u
forge() { ${program} --config "$GITEA_APP_INI" "$@"; }
known() { forge admin auth list 2>/dev/null | awk '$2 == "${source}" { print $1 }'; }
sign_on() {
  id=$(known)
  if [ -n "$id" ]; then set -- update-oauth --id "$id"; else set -- add-oauth; fi
  forge admin auth "$@" --name ${source} --provider openidConnect \\
    --key '${clientId}' --secret "$(cat ${secretPath(clientSecret)})" \\
    --auto-discover-url '${issuer}/.well-known/openid-configuration' \\
    --scopes email --scopes profile --scopes groups --group-claim-name groups --admin-group admins
}
if [ -x /usr/local/bin/docker-setup.sh ]; then /usr/local/bin/docker-setup.sh || exit 1; fi
if [ -z "$(known)" ] || ! sign_on; then
  (
    until curl -fsS -o /dev/null http://127.0.0.1:3000/api/healthz 2>/dev/null; do sleep 2; done
    until sign_on; do echo 'sign-on is not set up yet: ${issuer} does not answer; trying again' >&2; sleep 15; done
    echo 'sign-on is set up'
  ) &
fi
exec /usr/local/bin/docker-entrypoint.sh
`;
}

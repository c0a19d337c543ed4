import { isGitlab, tellGitlab } from './gitlab-role.ts';
import { repositoryOf } from './known-images.ts';
import { mentions } from './mentions.ts';
import { namesOf } from './needs.ts';
import { type ComposeNode, entriesOf, member, pairsOf } from './node.ts';
import { portText, publishedPort, tellForgePorts } from './role-ports.ts';
import type { Scope } from './scope.ts';
import { textsOf } from './service/read-service.ts';

/** A role of the platform and the service that it stands for. */
export interface RoleDraft {
  readonly role: 'forge' | 'ingress' | 'database';
  readonly scope: Scope;
  /** As it stands in the platform file. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * Services whose image is a component of AutoGit, and that say nothing that the component could not do: they become
 * roles. A forge with a database becomes one only together with it. Everything else stays a service.
 */
export function rolesIn(scopes: readonly Scope[]): readonly RoleDraft[] {
  const ingress = only(scopes, isProxy);
  const forge = only(scopes, (scope) => forgeOf(scope) !== undefined || isGitlab(scope));
  return [
    ...(ingress === undefined ? [] : [proxyRole(ingress)]),
    ...(forge === undefined ? [] : isGitlab(forge) ? [tellGitlab(forge)] : forgeRoles(forge, scopes)),
  ];
}

function only(scopes: readonly Scope[], fits: (scope: Scope) => boolean): Scope | undefined {
  const found = scopes.filter(fits);
  return found.length === 1 ? found[0] : undefined;
}

/** Traefik that takes its routes from labels: that is what `host:` replaces. Its third version, as the component's. */
function isProxy({ node, draft }: Scope): boolean {
  const repository = repositoryOf(draft.image);
  if (!/^(?:(?:docker\.io\/)?(?:library\/)?|ghcr\.io\/traefik\/|docker\.io\/traefik\/)traefik$/.test(repository))
    return false;
  if (/:v?[12](?:\.|$)/.test(draft.image)) return false;
  const words = draft.command ?? [];
  return (
    member(node, 'entrypoint') === undefined && words.some((word) => /^--providers\.docker(?:=true)?$/i.test(word))
  );
}

function proxyRole(scope: Scope): RoleDraft {
  const published = (port: number) => publishedPort(scope, port);
  const http = published(80);
  const https = published(443);
  const spec = {
    use: 'traefik',
    ...(http === undefined || http === 80 ? {} : { http }),
    ...(https === undefined || https === 443 ? {} : { https }),
  };
  tellProxy(scope);
  return { role: 'ingress', scope, spec };
}

function tellProxy({ node, ledger, id }: Scope): undefined {
  ledger.forget(node);
  for (const [key, part] of entriesOf(node)) {
    const items = part.kind === 'list' ? part.items : [part];
    if (key === 'image') ledger.changed(part, 'the version of Traefik is that of AutoGit', { to: 'ingress' });
    else if (key === 'ports')
      for (const item of items) {
        if (/(?:^|:)(?:80|443)(?:\/tcp)?$/.test(portText(item))) ledger.taken(item, 'ingress');
        else
          ledger.lost(
            item,
            'the ingress publishes HTTP and HTTPS by TCP alone',
            'for its page write `dashboard`: autogit explain ingress.dashboard; for other ports, `--as-services`',
          );
      }
    else if (key === 'command')
      for (const item of items) {
        if (known.test(portText(item))) ledger.taken(item, 'ingress');
        else if (/acme|certificatesresolvers/i.test(portText(item)))
          ledger.lost(
            item,
            'the way to certificates is not taken over',
            'write `certificates`: autogit explain certificates',
          );
        else tellSetting(portText(item), item, ledger);
      }
    else if (key === 'volumes')
      for (const item of items) {
        if (portText(item).includes('docker.sock'))
          ledger.changed(item, 'the socket is not needed: routes come from the platform file', { to: 'ingress' });
        else ledger.lost(item, 'the ingress has no files of its own', 'keep Traefik as a service: --as-services');
      }
    else if (['container_name', 'networks', 'restart', 'depends_on', 'security_opt'].includes(key))
      ledger.taken(part, 'ingress');
    else if (key !== 'labels')
      ledger.lost(part, `the role has no such setting`, `keep ${id} as a service: --as-services`);
  }
}

/** Only the name of a setting: its value may be a secret. */
function tellSetting(text: string, item: ComposeNode, ledger: Scope['ledger']): undefined {
  const name = /^--[\w.-]+/.exec(text)?.[0] ?? 'this';
  const keep = 'keep Traefik as a service: --as-services';
  if (/^--api(?:\.|$)/i.test(name))
    ledger.lost(item, `${name}: its page is not served`, 'write `dashboard`: autogit explain ingress.dashboard');
  else if (/^--entrypoints\.[\w-]+\.http\.redirections/i.test(name))
    ledger.lost(
      item,
      `${name}: HTTP is sent to HTTPS as soon as somebody certifies the hosts`,
      'write `certificates`: autogit explain certificates',
    );
  else ledger.lost(item, `${name} cannot be said`, keep);
}

const known =
  /^--(?:providers\.docker(?:\.exposedbydefault|\.network)?|entrypoints\.[\w-]+(?:\.address)?|ping|log|log\.level|accesslog)(?:=.*)?$/i;

/** Gitea or Forgejo with settings that the role makes itself. */
function forgeOf({ draft, node }: Scope): 'gitea' | 'forgejo' | undefined {
  const repository = repositoryOf(draft.image);
  const use = /^(?:docker\.io\/|docker\.gitea\.com\/)?(?:gitea\/)?gitea$/.test(repository)
    ? 'gitea'
    : /^(?:codeberg\.org|code\.forgejo\.org)\/forgejo\/forgejo$/.test(repository)
      ? 'forgejo'
      : undefined;
  if (use === undefined || !hasOnly(node, forgeKeys)) return undefined;
  const variables = Object.keys(draft.environment);
  if (!variables.every((name) => forgeVariables.test(name.replace(/^(?:GITEA|FORGEJO)__/, '')))) return undefined;
  if (Object.values(draft.ports).some(({ port }) => ![22, 2222, 3000].includes(port))) return undefined;
  const data = Object.values(draft.volumes).filter(({ path }) => !/^\/etc\/(?:localtime|timezone)$/.test(path));
  return data.every(({ path }) => /^\/(?:data|var\/lib\/gitea|etc\/gitea)$/.test(path)) ? use : undefined;
}

const forgeKeys = new Set([
  'image',
  'environment',
  'volumes',
  'ports',
  'restart',
  'depends_on',
  'networks',
  'container_name',
  'expose',
  'labels',
]);
const forgeVariables =
  /^(?:USER_UID|USER_GID|USER|TZ|(?:database__)?(?:DB_TYPE|DB_HOST|DB_NAME|DB_USER|DB_PASSWD|HOST|NAME|USER|PASSWD)|(?:server__)?(?:DOMAIN|SSH_DOMAIN|ROOT_URL|SSH_PORT|SSH_LISTEN_PORT|HTTP_PORT))$/;
const databaseKeys = new Set([
  'image',
  'environment',
  'volumes',
  'restart',
  'expose',
  'networks',
  'container_name',
  'healthcheck',
  'ports',
]);

function hasOnly(node: ComposeNode, keys: ReadonlySet<string>): boolean {
  return entriesOf(node).every(([key]) => keys.has(key) || key.startsWith('x-'));
}

function forgeRoles(forge: Scope, scopes: readonly Scope[]): readonly RoleDraft[] {
  const others = scopes.filter((scope) => scope !== forge);
  const type =
    Object.entries(forge.draft.environment).find(([name]) => /(?:^|__)DB_TYPE$/.test(name))?.[1] ?? 'sqlite3';
  const server = others.find((scope) =>
    textsOf(forge).some((text) => namesOf(scope).some((name) => names(text, name))),
  );
  const use = forgeOf(forge) as 'gitea' | 'forgejo';
  if (type === 'sqlite3' && server === undefined) return [tellForge(forge, use, [])];
  if (type !== 'postgres' || server === undefined || !isDatabase(server)) return [];
  const shared = others.some((scope) => scope !== server && uses(scope, server));
  if (shared) return [];
  const database = tellDatabase(server);
  return [tellForge(forge, use, [server.id]), database];
}

function names(text: string, name: string): boolean {
  return text === name || mentions(text, name);
}

function uses(scope: Scope, server: Scope): boolean {
  return (
    scope.draft.needs.has(server.id) || textsOf(scope).some((text) => namesOf(server).some((name) => names(text, name)))
  );
}

/** PostgreSQL that nothing outside reaches, with one user and one database. */
function isDatabase({ draft, node }: Scope): boolean {
  if (!/^(?:docker\.io\/)?(?:library\/)?postgres$/.test(repositoryOf(draft.image)) || !hasOnly(node, databaseKeys))
    return false;
  if (
    !Object.keys(draft.environment).every((name) =>
      /^(?:POSTGRES_(?:USER|PASSWORD|DB|PASSWORD_FILE)|TZ|PGDATA)$/.test(name),
    )
  )
    return false;
  return Object.values(draft.ports).every(({ publish }) => publish === undefined);
}

function tellDatabase(scope: Scope): RoleDraft {
  const { node, ledger, draft } = scope;
  ledger.forget(node);
  const tag = /:(\d+(?:\.\d+)?)(?:-.*)?$/.exec(draft.image)?.[1];
  for (const [key, part] of entriesOf(node)) {
    if (key === 'image')
      ledger.changed(part, tag === undefined ? 'the version is that of AutoGit' : `postgres:${tag}, on Debian`, {
        to: 'database',
      });
    else if (key === 'environment')
      for (const { node: at } of pairsOf(part))
        ledger.changed(at, 'the role makes a user, a password and a database for each service that needs it', {
          to: 'database',
        });
    else if (key === 'volumes')
      ledger.changed(part, 'a new volume is made', {
        to: 'database',
        next: 'take the data along with pg_dump and psql',
      });
    else ledger.taken(part, 'database');
  }
  return {
    role: 'database',
    scope,
    spec: { use: 'postgres', ...(tag === undefined ? {} : { image: `postgres:${tag}` }) },
  };
}

function tellForge(scope: Scope, use: 'gitea' | 'forgejo', databases: readonly string[]): RoleDraft {
  const { node, ledger, draft } = scope;
  ledger.forget(node);
  const repository = repositoryOf(draft.image);
  const version = /:(\d+(?:\.\d+)*)(?:-rootless)?$/.exec(draft.image)?.[1];
  const image = version === undefined ? undefined : `${repository}:${version}-rootless`;
  for (const [key, part] of entriesOf(node)) {
    if (key === 'image')
      ledger.changed(
        part,
        image === undefined ? 'the version is that of AutoGit, without root' : `${image}, which runs without root`,
        { to: 'forge' },
      );
    else if (key === 'environment')
      for (const { node: at } of pairsOf(part)) ledger.changed(at, 'the role sets this by itself', { to: 'forge' });
    else if (key === 'volumes')
      ledger.changed(part, 'a new volume is made, laid out for the image without root', {
        to: 'forge',
        next: `take the data along: \`${use} dump\` in the old container, then restore it`,
      });
    else if (key === 'ports') tellForgePorts(part, scope);
    else if (key !== 'labels') ledger.taken(part, 'forge');
  }
  const ssh = publishedPort(scope, 22) ?? publishedPort(scope, 2222);
  const spec = {
    use,
    ...(image === undefined ? {} : { image }),
    ...(databases.length > 0 ? { database: 'database' } : {}),
    ...(ssh === undefined ? {} : { ssh: { port: ssh } }),
  };
  return { role: 'forge', scope, spec };
}

import type { ExpandContext, PartContext } from '../../compiler/model/component.ts';
import type { Stream } from '../../compiler/model/facts.ts';
import type { Cluster, Route } from '../../compiler/model/platform.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import { guardedHosts } from '../../compiler/model/sign-on.ts';
import type { TraefikSpec } from '../../schema/spec.ts';
import { type Provider, ports, type Serving } from './config.ts';
import { type Routing, withoutIdentity } from './routes.ts';
import { knowsAliases } from './version.ts';

type Context = ExpandContext<'ingress'>;

/** How everything is served: what the static file says. `path`: where the dynamic file is. */
export function servingOf(spec: TraefikSpec, context: Context, path: string): Serving {
  const { platform, facts, bindings } = context;
  const { certificates } = facts;
  const compose = platform.target === 'compose';
  const acme = compose && certificates?.kind === 'acme' ? { acme: askedFrom(certificates, facts.resolvers) } : {};
  const redirects = certificates !== undefined && (compose || platform.routeApi !== 'gateway');
  const inside = compose && bindings.sso !== undefined && spec.https !== ports.https;
  return {
    provider: providerOf(context, path),
    ...acme,
    ...(redirects ? { redirectTo: spec.https } : {}),
    ...(inside ? { inside: spec.https } : {}),
    streams: streamPorts(spec, facts.streams).map(({ id, inside: port }) => ({ name: id, port })),
    dashboard: spec.dashboard !== undefined,
    metrics: isWatched(context),
    middlewares: bindings.sso === undefined ? [] : [`${withoutIdentity}@file`],
    removeAliases: bindings.sso !== undefined && knowsAliases(spec.image),
  };
}

/** On Kubernetes a file says what objects cannot, where there is something to say. */
function providerOf({ id, platform, facts, bindings }: Context, path: string): Provider {
  if (platform.target === 'compose') return { kind: 'file', path };
  const { routeApi: kind, name, namespace } = platform;
  const besides =
    facts.certificates !== undefined ||
    bindings.sso !== undefined ||
    facts.streams.length > 0 ||
    ownRoutes(facts.routes, kind).length > 0;
  return { kind, ingressClass: `${name}-${id}`, namespace, ...(besides ? { path } : {}) };
}

/** What its file says on Kubernetes, since the objects of this kind of routes have no word for it. */
export function ownRoutes<R extends Route>(routes: readonly R[], by: Cluster['routes']): readonly R[] {
  // An IngressRoute can name its own page; other kinds of routes lead to Services alone.
  if (by === 'traefik') return [];
  const guarded = by === 'gateway' ? guardedHosts(routes) : undefined;
  return routes.filter(({ itself, hostname }) => itself === true || guarded?.has(hostname) === true);
}

export function isWatched({ platform }: PartContext): boolean {
  return platform.roles.includes('monitoring');
}

/** Port of each stream in the container, which has to be above 1024 and free. */
export function streamPorts(
  { https }: TraefikSpec,
  streams: readonly Stream[],
): readonly (Stream & { readonly inside: number })[] {
  const taken = new Set<number>([...Object.values(ports), https]);
  return streams.map((stream) => {
    let inside = stream.listen < 1024 ? stream.listen + 10_000 : stream.listen;
    while (taken.has(inside)) inside += 1;
    taken.add(inside);
    return { ...stream, inside };
  });
}

/**
 * Whether a record in DNS is there is asked where the platform's own name server asks: it answers for the domain itself,
 * so through it the record would never be seen.
 */
function askedFrom(
  certificates: NonNullable<Serving['acme']>,
  resolvers: readonly string[],
): NonNullable<Serving['acme']> {
  const { trust } = certificates;
  return { ...certificates, resolvers, ...(trust === undefined ? {} : { trustFile: secretPath(trust) }) };
}

/**
 * TLS from 1.2 on. On Compose a host without a certificate is refused; on Kubernetes it is not, because the server that
 * proves a host over HTTP follows the way to HTTPS before there is a certificate.
 */
export function tlsOf({ platform, facts }: Context, servedFolder: string): Pick<Routing, 'tls'> {
  const { certificates } = facts;
  if (certificates === undefined) return {};
  const strict = platform.target === 'compose';
  if (!strict || certificates.kind === 'acme') return { tls: { strict } };
  return {
    tls: { strict, served: { certFile: `${servedFolder}/hosts.crt`, keyFile: `${servedFolder}/hosts.key` } },
  };
}

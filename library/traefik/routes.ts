/**
 * Traefik's dynamic file: routers, services, middlewares, TLS.
 * Keys: https://doc.traefik.io/traefik/reference/routing-configuration/dynamic-configuration-methods/.
 */
import type { SsoBinding } from '../../compiler/model/binding.ts';
import type { Stream } from '../../compiler/model/facts.ts';
import { compareText } from '../../compiler/model/order.ts';
import type { Route } from '../../compiler/model/platform.ts';
import { signOnMiddleware } from '../../compiler/model/sign-on.ts';

export type DynamicConfig = {
  readonly http?: {
    readonly routers?: Readonly<Record<string, Router>>;
    readonly middlewares?: Readonly<Record<string, Middleware>>;
    readonly services?: Readonly<Record<string, LoadBalancer>>;
  };
  readonly tcp?: {
    readonly routers: Readonly<Record<string, TcpRouter>>;
    readonly services: Readonly<Record<string, TcpLoadBalancer>>;
  };
  readonly tls?: {
    readonly certificates?: readonly { readonly certFile: string; readonly keyFile: string }[];
    readonly options: { readonly default: { readonly minVersion: 'VersionTLS12'; readonly sniStrict?: true } };
  };
};

type EntryPointName = 'web' | 'websecure' | 'inside';

type Router = {
  readonly rule: string;
  readonly entryPoints: readonly EntryPointName[];
  readonly middlewares?: readonly string[];
  readonly service: string;
};

type Middleware =
  | { readonly headers: { readonly customRequestHeaders: Readonly<Record<string, ''>> } }
  | {
      readonly forwardAuth: {
        readonly address: string;
        readonly trustForwardHeader: true;
        readonly authResponseHeaders: readonly string[];
      };
    };

type TcpRouter = { readonly rule: typeof anything; readonly entryPoints: readonly [string]; readonly service: string };

type TcpLoadBalancer = { readonly loadBalancer: { readonly servers: readonly [{ readonly address: string }] } };

/** Without TLS nothing says for whom a connection is. */
const anything = 'HostSNI(`*`)';

type LoadBalancer = { readonly loadBalancer: { readonly servers: readonly [{ readonly url: string }] } };

/** Removes who somebody says to be, from every request. */
export const withoutIdentity = 'without-identity';

export interface Routing {
  readonly routes: readonly Route[];
  readonly streams: readonly Stream[];
  readonly entryPoints: readonly EntryPointName[];
  readonly sso?: SsoBinding | undefined;
  /** Absent: nobody certifies the hosts. */
  readonly tls?: {
    /** Certificate and key of all hosts; absent means that Traefik gets them itself. */
    readonly served?: { readonly certFile: string; readonly keyFile: string };
    /** Whether hosts without a certificate are refused in place of one that no client trusts. */
    readonly strict: boolean;
  };
}

/** One router and one service for each route, named after it. `hostnameOf` gives the name of a workload on its network. */
export function dynamicConfig(routing: Routing, hostnameOf: (workload: string) => string): DynamicConfig {
  const { sso, entryPoints } = routing;
  const sorted = [...routing.routes].sort((a, b) => compareText(a.id, b.id));
  const others = sorted.filter(({ itself }) => itself !== true);
  const http = {
    ...(sorted.length === 0
      ? {}
      : { routers: Object.fromEntries(sorted.map((route) => [route.id, routerOf(route, entryPoints)])) }),
    ...(sso === undefined ? {} : { middlewares: middlewaresOf(sso) }),
    ...(others.length === 0
      ? {}
      : { services: Object.fromEntries(others.map((route) => [route.id, serviceOf(route, hostnameOf)])) }),
  };
  return {
    ...(Object.keys(http).length === 0 ? {} : { http }),
    ...(routing.streams.length === 0 ? {} : { tcp: tcpOf(routing.streams, hostnameOf) }),
    ...(routing.tls === undefined ? {} : { tls: tlsOf(routing.tls) }),
  };
}

function routerOf(route: Route, entryPoints: readonly EntryPointName[]): Router {
  const path = route.path === '/' ? '' : ` && PathPrefix(\`${route.path}\`)`;
  return {
    rule: `Host(\`${route.hostname}\`)${path}`,
    entryPoints,
    ...(route.protect?.by === 'sso' ? { middlewares: [signOnMiddleware] } : {}),
    service: route.itself === true ? 'api@internal' : route.id,
  };
}

function tcpOf(
  streams: readonly Stream[],
  hostnameOf: (workload: string) => string,
): NonNullable<DynamicConfig['tcp']> {
  return {
    routers: Object.fromEntries(
      streams.map(({ id }) => [id, { rule: anything, entryPoints: [id], service: id } as const]),
    ),
    services: Object.fromEntries(
      streams.map(({ id, workload, port }) => [
        id,
        { loadBalancer: { servers: [{ address: `${hostnameOf(workload)}:${port}` }] } } as const,
      ]),
    ),
  };
}

function serviceOf(route: Route, hostnameOf: (workload: string) => string): LoadBalancer {
  return { loadBalancer: { servers: [{ url: `http://${hostnameOf(route.workload)}:${route.port}` }] } };
}

/** A header and those that a back end may take for it: CGI and its like know no difference between `-`, `_` and `.`. */
function withAliases(name: string): readonly string[] {
  return [name, name.replaceAll('-', '_'), name.replaceAll('-', '.')];
}

/** Entry points take `X-Forwarded-*` from nobody, so that what is passed on is what Traefik itself saw. */
function middlewaresOf(sso: SsoBinding): Readonly<Record<string, Middleware>> {
  return {
    [signOnMiddleware]: {
      forwardAuth: {
        address: `http://${sso.hostname}:${sso.port}${sso.verifyPath}`,
        trustForwardHeader: true,
        authResponseHeaders: sso.identityHeaders,
      },
    },
    [withoutIdentity]: {
      headers: {
        customRequestHeaders: Object.fromEntries(sso.identityHeaders.flatMap(withAliases).map((name) => [name, ''])),
      },
    },
  };
}

function tlsOf({ served, strict }: NonNullable<Routing['tls']>): NonNullable<DynamicConfig['tls']> {
  return {
    ...(served === undefined ? {} : { certificates: [served] }),
    options: { default: { minVersion: 'VersionTLS12', ...(strict ? { sniStrict: true } : {}) } },
  };
}

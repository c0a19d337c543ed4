/**
 * Traefik's static file: entry points, provider, who certifies.
 * Keys: https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/.
 * The types are the part of the format that is written, so that a key that Traefik does not know cannot be.
 */
import type { Certificates, Cluster } from '../../compiler/model/platform.ts';
import { yamlText } from '../../compiler/model/yaml-text.ts';
import type { DynamicConfig } from './routes.ts';

export const ports = { http: 8000, https: 8443, ping: 8080, metrics: 9100 } as const;

/** Name of the one resolver of certificates. */
const resolver = 'platform';
export const acmeFolder = '/var/lib/traefik';

type EntryPoint = {
  readonly address: string;
  readonly http?: {
    readonly redirections?: {
      readonly entryPoint: { readonly to: string; readonly scheme: 'https'; readonly permanent: true };
    };
    readonly middlewares?: readonly string[];
    readonly tls?: { readonly certResolver?: typeof resolver };
    readonly aliasHeadersStrategy?: 'delete';
  };
  readonly transport?: { readonly respondingTimeouts: { readonly readTimeout: string } };
};

export type StaticConfig = {
  readonly entryPoints: Readonly<Record<'web' | 'websecure' | 'traefik', EntryPoint>> & {
    readonly inside?: EntryPoint;
    readonly metrics?: EntryPoint;
    /** Those of streams, by name. */
    readonly [name: string]: EntryPoint | undefined;
  };
  readonly api?: { readonly dashboard: true; readonly insecure: false };
  readonly metrics?: {
    readonly prometheus: { readonly entryPoint: 'metrics'; readonly addRoutersLabels: false };
  };
  readonly ping: { readonly entryPoint: 'traefik' };
  readonly providers: {
    readonly file?: { readonly filename: string; readonly watch: false };
    readonly kubernetesIngress?: ByClass & { readonly ingressEndpoint: { readonly publishedService: string } };
    readonly kubernetesCRD?: ByClass & { readonly disableClusterScopeResources: true };
    readonly kubernetesGateway?: Pick<ByClass, 'namespaces'> & {
      readonly statusAddress: { readonly service: { readonly namespace: string; readonly name: string } };
    };
  };
  readonly certificatesResolvers?: Readonly<Record<typeof resolver, { readonly acme: Acme }>>;
  readonly global: { readonly checkNewVersion: false; readonly sendAnonymousUsage: false };
  readonly log: { readonly level: 'INFO'; readonly format: 'json' };
};

type Acme = {
  readonly email: string;
  readonly storage: string;
  readonly caServer: string;
  readonly caCertificates?: readonly string[];
  readonly httpChallenge?: { readonly entryPoint: 'web' };
  readonly dnsChallenge?: { readonly provider: string; readonly resolvers?: readonly string[] };
};

type ByClass = {
  readonly ingressClass: string;
  readonly namespaces: readonly string[];
  readonly allowEmptyServices: true;
};

/** Where routes come from: the dynamic file on Compose, objects of the cluster's namespace on Kubernetes. */
export type Provider =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: Cluster['routes'];
      readonly ingressClass: string;
      readonly namespace: string;
      /** A dynamic file besides, for what objects do not say. */
      readonly path?: string;
    };

export interface Serving {
  readonly provider: Provider;
  /** Asked by Traefik itself; absent where something else brings certificates, or nobody does. */
  readonly acme?: Extract<Certificates, { kind: 'acme' }> & {
    readonly trustFile?: string;
    /** Addresses of name servers that know the domain as the Internet does; absent: those of the host do. */
    readonly resolvers?: readonly string[];
  };
  /** Port of HTTPS as clients see it, when plain HTTP is sent there. */
  readonly redirectTo?: number;
  /** Port at which other containers reach it under its public names, when that is not one of its own. */
  readonly inside?: number;
  /** Ports of streams that it hands on, by name. */
  readonly streams: readonly { readonly name: string; readonly port: number }[];
  /** Whether its own page is served on a route. */
  readonly dashboard: boolean;
  /** Whether somebody reads its metrics. */
  readonly metrics: boolean;
  /** Middlewares of every route. */
  readonly middlewares: readonly string[];
  /** Whether headers that a back end may take for other ones are removed: `Remote_User` for `Remote-User`. From 3.7.12. */
  readonly removeAliases: boolean;
}

export function staticConfig(serving: Serving): StaticConfig {
  const { provider, acme, redirectTo, inside, streams } = serving;
  // 60 s for a whole request body is the default, which ends a long push or upload in the middle.
  const transport = { respondingTimeouts: { readTimeout: '0s' } };
  const shared = sharedOf(serving);
  // Where everything is sent to HTTPS there is nothing to apply a middleware to, and the one that sends is there first.
  const plain = redirectTo === undefined ? shared : { redirections: redirection(redirectTo) };
  // Every router on this entry point answers with TLS.
  const secure = { ...shared, tls: acme === undefined ? {} : ({ certResolver: resolver } as const) };
  return {
    entryPoints: {
      web: { address: `:${ports.http}`, ...(Object.keys(plain).length === 0 ? {} : { http: plain }), transport },
      websecure: { address: `:${ports.https}`, http: secure, transport },
      ...(inside === undefined ? {} : { inside: { address: `:${inside}`, http: secure, transport } }),
      traefik: { address: `:${ports.ping}` },
      ...(serving.metrics ? { metrics: { address: `:${ports.metrics}` } } : {}),
      ...Object.fromEntries(streams.map(({ name, port }) => [name, { address: `:${port}` }])),
    },
    ...(serving.dashboard ? { api: { dashboard: true, insecure: false } } : {}),
    ...(serving.metrics ? { metrics: { prometheus: { entryPoint: 'metrics', addRoutersLabels: false } } } : {}),
    ping: { entryPoint: 'traefik' },
    providers: providersOf(provider),
    ...(acme === undefined ? {} : { certificatesResolvers: { [resolver]: { acme: acmeOf(acme) } } }),
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: 'INFO', format: 'json' },
  };
}

function sharedOf({ middlewares, removeAliases }: Serving) {
  return {
    ...(middlewares.length === 0 ? {} : { middlewares }),
    ...(removeAliases ? { aliasHeadersStrategy: 'delete' as const } : {}),
  };
}

/** To a port, because the name of an entry point would stand for the one inside the container. */
function redirection(port: number) {
  return { entryPoint: { to: `:${port}`, scheme: 'https', permanent: true } } as const;
}

function acmeOf({ email = '', server, challenge, trustFile, resolvers = [] }: NonNullable<Serving['acme']>): Acme {
  return {
    email,
    storage: `${acmeFolder}/acme.json`,
    caServer: server,
    ...(trustFile === undefined ? {} : { caCertificates: [trustFile] }),
    ...(challenge.kind === 'http-01'
      ? { httpChallenge: { entryPoint: 'web' } }
      : {
          dnsChallenge: {
            provider: challenge.provider,
            ...(resolvers.length === 0 ? {} : { resolvers: resolvers.map(withPort) }),
          },
        }),
  };
}

function withPort(address: string): string {
  return address.includes(':') ? `[${address}]:53` : `${address}:53`;
}

function providersOf(provider: Provider): StaticConfig['providers'] {
  const file = provider.path === undefined ? {} : { file: { filename: provider.path, watch: false as const } };
  if (provider.kind === 'file') return file;
  const namespaces = [provider.namespace];
  // A host whose pods are all away answers 503, as with a Gateway; it would be unknown (404), and an error in the log.
  const byClass = { ingressClass: provider.ingressClass, namespaces, allowEmptyServices: true } as const;
  // Its address becomes that of every route, for people who look and for programs that write DNS records.
  const outside = `${provider.ingressClass}-outside`;
  switch (provider.kind) {
    case 'ingress':
      return {
        ...file,
        kubernetesIngress: {
          ...byClass,
          ingressEndpoint: { publishedService: `${provider.namespace}/${outside}` },
        },
      };
    case 'traefik':
      // It would read nodes, for Services that nobody routes to through the ports of nodes.
      return { ...file, kubernetesCRD: { ...byClass, disableClusterScopeResources: true } };
    case 'gateway':
      return {
        ...file,
        kubernetesGateway: {
          namespaces,
          statusAddress: { service: { namespace: provider.namespace, name: outside } },
        },
      };
  }
}

export function configText(config: StaticConfig | DynamicConfig): string {
  return yamlText(config);
}

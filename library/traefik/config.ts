/**
 * Traefik's own two files: the static one (entry points, provider) and the dynamic one (routers, services).
 * Keys: https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/ and
 * https://doc.traefik.io/traefik/reference/routing-configuration/dynamic-configuration-methods/.
 * The types are the part of the format that is written, so that a key that Traefik does not know cannot be.
 */
import { compareText } from '../../compiler/model/order.ts';
import type { Cluster, Route } from '../../compiler/model/platform.ts';
import { yamlText } from '../../compiler/model/yaml-text.ts';

export const ports = { http: 8000, https: 8443, ping: 8080 } as const;

type EntryPoint = {
  readonly address: string;
  readonly http?: { readonly tls: Readonly<Record<string, never>> };
  readonly transport?: { readonly respondingTimeouts: { readonly readTimeout: string } };
};

export type StaticConfig = {
  readonly entryPoints: Readonly<Record<'web' | 'websecure' | 'traefik', EntryPoint>>;
  readonly ping: { readonly entryPoint: 'traefik' };
  readonly providers:
    | { readonly file: { readonly filename: string; readonly watch: false } }
    | { readonly kubernetesIngress: ByClass }
    | { readonly kubernetesCRD: ByClass & { readonly disableClusterScopeResources: true } }
    | { readonly kubernetesGateway: Pick<ByClass, 'namespaces'> };
  readonly global: { readonly checkNewVersion: false; readonly sendAnonymousUsage: false };
  readonly log: { readonly level: 'INFO'; readonly format: 'json' };
};

type ByClass = {
  readonly ingressClass: string;
  readonly namespaces: readonly string[];
  readonly allowEmptyServices: true;
};

export type DynamicConfig = {
  readonly http?: {
    readonly routers: Readonly<Record<string, Router>>;
    readonly services: Readonly<Record<string, LoadBalancer>>;
  };
};

type Router = {
  readonly rule: string;
  readonly entryPoints: readonly ['web', 'websecure'];
  readonly service: string;
};

type LoadBalancer = { readonly loadBalancer: { readonly servers: readonly [{ readonly url: string }] } };

/** Where routes come from: the dynamic file on Compose, objects of the cluster's namespace on Kubernetes. */
export type Provider =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: Cluster['routes']; readonly ingressClass: string; readonly namespace: string };

export function staticConfig(provider: Provider): StaticConfig {
  // 60 s for a whole request body is the default, which ends a long push or upload in the middle.
  const transport = { respondingTimeouts: { readTimeout: '0s' } };
  return {
    entryPoints: {
      web: { address: `:${ports.http}`, transport },
      // Every router on this entry point answers with TLS.
      websecure: { address: `:${ports.https}`, http: { tls: {} }, transport },
      traefik: { address: `:${ports.ping}` },
    },
    ping: { entryPoint: 'traefik' },
    providers: providersOf(provider),
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: 'INFO', format: 'json' },
  };
}

function providersOf(provider: Provider): StaticConfig['providers'] {
  if (provider.kind === 'file') return { file: { filename: provider.path, watch: false } };
  const namespaces = [provider.namespace];
  // A host whose pods are all away answers 503, as with a Gateway; it would be unknown (404), and an error in the log.
  const byClass = { ingressClass: provider.ingressClass, namespaces, allowEmptyServices: true } as const;
  switch (provider.kind) {
    case 'ingress':
      return { kubernetesIngress: byClass };
    case 'traefik':
      // It would read nodes, for Services that nobody routes to through the ports of nodes.
      return { kubernetesCRD: { ...byClass, disableClusterScopeResources: true } };
    case 'gateway':
      return { kubernetesGateway: { namespaces } };
  }
}

/** One router and one service for each route, named after it. `hostnameOf` gives the name of a workload on its network. */
export function dynamicConfig(routes: readonly Route[], hostnameOf: (workload: string) => string): DynamicConfig {
  if (routes.length === 0) return {};
  const sorted = [...routes].sort((a, b) => compareText(a.id, b.id));
  return {
    http: {
      routers: Object.fromEntries(sorted.map((route) => [route.id, routerOf(route)])),
      services: Object.fromEntries(
        sorted.map((route) => [
          route.id,
          { loadBalancer: { servers: [{ url: `http://${hostnameOf(route.workload)}:${route.port}` }] } },
        ]),
      ),
    },
  };
}

function routerOf(route: Route): Router {
  const path = route.path === '/' ? '' : ` && PathPrefix(\`${route.path}\`)`;
  return {
    rule: `Host(\`${route.hostname}\`)${path}`,
    entryPoints: ['web', 'websecure'],
    service: route.id,
  };
}

export function configText(config: StaticConfig | DynamicConfig): string {
  return yamlText(config);
}

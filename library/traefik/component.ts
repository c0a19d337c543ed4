import type { Component, ExpandContext, Parameters } from '../../compiler/model/component.ts';
import type { Config, Mount, Port, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { limitsIn } from '../../compiler/model/quantities.ts';
import type { TraefikSpec } from '../../schema/spec.ts';
import { configText, dynamicConfig, ports, staticConfig } from './config.ts';
import { kubernetesRules } from './kubernetes-rules.ts';

const staticPath = '/etc/traefik/traefik.yml';
const dynamicPath = '/etc/traefik/routes.yml';

/** What `ingress: traefik` means; it is there as soon as anything has a host. */
const implied: Parameters = {
  use: 'traefik',
  http: 80,
  https: 443,
  limits: { cpus: 1, memory: '256Mi' },
} satisfies TraefikSpec;

/**
 * Traefik: file provider on Compose, so it needs no Docker socket; on Kubernetes the provider for the kind of
 * routes that the file chose, with the class `<platform>-<id>`. It listens above 1024 and needs neither root nor a capability.
 */
export const traefik: Component<'ingress'> = {
  use: 'traefik',
  role: 'ingress',
  title: 'Traefik',
  licence: 'MIT',
  image: 'traefik:v3.7.13',
  oracle: 'traefik',
  implied,
  expand(parameters, context) {
    const configs = configsOf(context);
    return { workloads: [workloadOf(parameters as unknown as TraefikSpec, context, configs)], configs };
  },
};

function configsOf({ id, origin, platform, facts }: ExpandContext): readonly Config[] {
  const kubernetes = platform.target === 'kubernetes';
  const settings = staticConfig(
    kubernetes
      ? { kind: platform.routeApi, ingressClass: `${platform.name}-${id}`, namespace: platform.namespace }
      : { kind: 'file', path: dynamicPath },
  );
  const main = { id: `${id}-static`, workload: id, origin, file: 'traefik.yml', text: configText(settings) };
  if (kubernetes) return [main];
  const text = configText(dynamicConfig(facts.routes, (workload) => `${platform.name}-${workload}`));
  return [main, { id: `${id}-routes`, workload: id, origin, file: 'routes.yml', text }];
}

function workloadOf(spec: TraefikSpec, context: ExpandContext, configs: readonly Config[]): Workload {
  const { id, origin, host, platform } = context;
  return {
    id,
    origin,
    component: 'traefik',
    host: host.id,
    image: spec.image ?? traefik.image,
    environment: [],
    ports: portsOf(spec, origin),
    mounts: [
      ...configs.map(
        (config): Mount => ({
          kind: 'config',
          config: config.id,
          path: config.file === 'traefik.yml' ? staticPath : dynamicPath,
        }),
      ),
      { kind: 'tmpfs', path: '/tmp' },
    ],
    health: {
      test: { kind: 'http', port: ports.ping, path: '/ping', client: 'wget' },
      intervalMs: 10_000,
      timeoutMs: 2_000,
      retries: 3,
      startMs: 30_000,
    },
    needs: [],
    limits: limitsIn(spec.limits),
    user: { uid: 65532, gid: 65532 },
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: false,
    // Requests that run are finished first.
    stopGraceMs: 15_000,
    ...(platform.target === 'kubernetes' ? { kubernetesRules: kubernetesRules[platform.routeApi] } : {}),
  };
}

function portsOf(spec: TraefikSpec, origin: string): readonly Port[] {
  const published = (['http', 'https'] as const).map(
    (name): Port => ({
      name,
      port: ports[name],
      protocol: 'tcp',
      publish: { port: spec[name] },
      origin: pointerTo(origin, name),
    }),
  );
  return [...published, { name: 'ping', port: ports.ping, protocol: 'tcp', origin }];
}

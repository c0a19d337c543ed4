import type { Component, ExpandContext } from '../../compiler/model/component.ts';
import type { Config, Mount, Port, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { limitsIn } from '../../compiler/model/quantities.ts';
import type { Finding } from '../../schema/diagnostic.ts';
import type { CoreDNSSpec } from '../../schema/spec.ts';
import { alertsOf } from './alerts.ts';
import { corefile, ports, zoneText } from './config.ts';

const folder = '/etc/autogit';
type Context = ExpandContext<'dns'>;

/** CoreDNS: answers for every host of the platform, and asks others for the rest (https://coredns.io). */
export const coredns: Component<'dns'> = {
  use: 'coredns',
  role: 'dns',
  title: 'CoreDNS',
  licence: 'Apache-2.0',
  image: 'coredns/coredns:1.15.0',
  oracle: 'coredns',
  declare: (parameters, { id, origin }) => ({
    resolvers: (parameters as unknown as CoreDNSSpec).forward,
    scrapes: [{ id, workload: id, port: ports.metrics, path: '/metrics', origin }],
    alerts: alertsOf(origin),
  }),
  expand(parameters, context) {
    const spec = parameters as unknown as CoreDNSSpec;
    const configs = configsOf(spec, context);
    return { workloads: [workloadOf(spec, context, configs)], configs, findings: twoAnswers(spec, context) };
  },
};

/** One zone file for each view, and one for everybody who has none. */
function configsOf(spec: CoreDNSSpec, context: Context): readonly Config[] {
  const { id, origin, platform } = context;
  const views = [
    ...Object.entries(spec.views).map(([view, { networks, addresses }]) => ({ id: view, networks, addresses })),
    { id: '', networks: [], addresses: spec.addresses },
  ].map((view) => ({ ...view, file: view.id === '' ? 'zone' : `zone-${view.id}` }));
  const text = corefile({
    domain: platform.domain,
    views: views.map((view) => ({ ...view, zoneFile: `${folder}/${view.file}` })),
    forward: spec.forward,
    zones: spec.zones,
    publicDomain: spec.publicDomain,
  });
  const zones = views.map(({ file, addresses }) => ({
    file,
    text: zoneText({ domain: platform.domain, hosts: hostsOf(spec, context, addresses), addresses }),
  }));
  return [{ file: 'Corefile', text }, ...zones].map((config) => ({
    ...config,
    id: `${id}-${config.file.toLowerCase()}`,
    workload: id,
    origin,
  }));
}

/** Every host that the ingress serves, at its addresses, and the records of the file. */
function hostsOf(spec: CoreDNSSpec, { facts, platform }: Context, addresses: readonly string[]) {
  return Object.fromEntries([
    ...facts.routes.map(({ hostname }) => [hostname, addresses] as const),
    ...Object.entries(spec.records).map(([label, address]) => [`${label}.${platform.domain}`, [address]] as const),
  ]);
}

function twoAnswers(spec: CoreDNSSpec, { origin, platform, facts }: Context): readonly Finding[] {
  return Object.keys(spec.records).flatMap((label) => {
    const route = facts.routes.find(({ hostname }) => hostname === `${label}.${platform.domain}`);
    if (route === undefined) return [];
    return [
      {
        code: 'AG403',
        pointer: pointerTo(origin, 'records', label),
        at: 'key' as const,
        message: `${route.hostname} is served by the ingress, so it cannot have another address`,
        hint: 'remove the record, or give one of them another name',
        related: [{ pointer: route.origin, message: `'${route.workload}' is served there` }],
      },
    ];
  });
}

function workloadOf(spec: CoreDNSSpec, context: Context, configs: readonly Config[]): Workload {
  const { id, origin, host, platform } = context;
  return {
    id,
    origin,
    component: 'coredns',
    host: host.id,
    image: spec.image ?? coredns.image,
    command: ['-conf', `${folder}/Corefile`],
    environment: [],
    ports: portsOf(spec, origin),
    mounts: configs.map(({ id: config, file }): Mount => ({ kind: 'config', config, path: `${folder}/${file}` })),
    // The image holds one program, which cannot ask itself: only Kubernetes asks from outside.
    ...(platform.target === 'kubernetes' ? { health } : {}),
    needs: [],
    limits: limitsIn(spec.limits),
    user: { uid: 65532, gid: 65532 },
    readOnlyRoot: true,
    capabilities: [],
    internet: spec.forward.length > 0 || Object.keys(spec.zones).length > 0,
    stateful: false,
    // It goes on answering for five seconds.
    stopGraceMs: 15_000,
  };
}

const health: NonNullable<Workload['health']> = {
  test: { kind: 'http', port: ports.health, path: '/health' },
  intervalMs: 10_000,
  timeoutMs: 5_000,
  retries: 3,
  startMs: 30_000,
};

function portsOf({ port, listen }: CoreDNSSpec, origin: string): readonly Port[] {
  const publish = listen === undefined ? { port } : { port, address: listen };
  const place = pointerTo(origin, 'port');
  return [
    { name: 'dns', port: ports.dns, protocol: 'udp', publish, origin: place },
    { name: 'dns-tcp', port: ports.dns, protocol: 'tcp', publish, origin: place },
    { name: 'health', port: ports.health, protocol: 'tcp', private: true, origin },
    { name: 'metrics', port: ports.metrics, protocol: 'tcp', private: true, origin },
  ];
}

import type { Link, Platform, Workload } from '../model/platform.ts';
import { platformLabels, selectorOf, sourceAnnotation, workloadMetadata } from './names.ts';
import type { EgressRule, IngressRule, KubernetesObject, Placed } from './objects.ts';
import { jobsAwaited } from './wait.ts';

/**
 * What is no part of the Internet: private and shared networks, link-local (where clouds serve machine credentials) and
 * loopback (RFC 1918, 6598, 3927, 1122; RFC 4193 and 4291 for IPv6). Cluster networks lie in these ranges, so a
 * workload with `internet` reaches others only over declared links.
 */
const privateV4 = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
const privateV6 = ['fc00::/7', 'fe80::/10', '::1/128'];

/** No server of the network answers there. */
const machineLocal: readonly string[] = ['127.0.0.0/8', '169.254.0.0/16', 'fe80::/10', '::1/128'];

/** The API server runs outside the pod network, under an address that the file does not know. */
const apiServerPorts = [443, 6443];

/** Nothing may connect anywhere in the platform's namespace, and every pod in it may ask the cluster's DNS. */
export function platformPolicies(platform: Platform): readonly Placed[] {
  const metadata = (name: string) => ({
    name,
    namespace: platform.cluster.namespace,
    labels: platformLabels(platform),
    annotations: sourceAnnotation(''),
  });
  const deny = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
  const dns = { podSelector: {}, policyTypes: ['Egress'], egress: [dnsRule()] };
  return [
    { object: policy(metadata('default-deny'), deny), origin: '' },
    { object: policy(metadata('allow-dns'), dns), origin: '' },
  ];
}

/**
 * What one workload may do beyond that: one rule for each link in either direction, its published ports from anywhere,
 * the Internet when it asks for it, and the API server when it has rules for it. Undefined when that is nothing.
 */
export function workloadPolicy(platform: Platform, workload: Workload): Placed | undefined {
  const ingress = [
    ...linkRules(platform.links, 'to', workload.id).map(([from, ports]) => ({ from: [peer(platform, from)], ports })),
    ...publishedRules(workload),
  ];
  const egress = [
    ...linkRules(platform.links, 'from', workload.id).map(([to, ports]) => ({ to: [peer(platform, to)], ports })),
    ...(workload.internet ? [internetRule()] : []),
    ...(workload.kubernetesRules === undefined ? [] : [apiServerRule()]),
    ...(jobsAwaited(platform, workload).length === 0 ? [] : [privateApiServerRule()]),
  ];
  if (ingress.length + egress.length === 0) return undefined;
  const spec = {
    podSelector: { matchLabels: selectorOf(platform, workload.id) },
    policyTypes: [...(ingress.length === 0 ? [] : ['Ingress']), ...(egress.length === 0 ? [] : ['Egress'])],
    ...(ingress.length === 0 ? {} : { ingress }),
    ...(egress.length === 0 ? {} : { egress }),
  };
  const object = policy(workloadMetadata(platform, workload, workload.origin), spec);
  return { object, workload: workload.id, origin: workload.origin };
}

type Policy = Extract<KubernetesObject, { kind: 'NetworkPolicy' }>;
type Ports = NonNullable<IngressRule['ports']>;

function policy(metadata: Policy['metadata'], spec: NonNullable<Policy['body']['spec']>): Policy {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, body: { spec } };
}

function peer(platform: Platform, workload: string) {
  return { podSelector: { matchLabels: selectorOf(platform, workload) } };
}

/** Links at one end of a workload: the workload at the other end, and the ports of the callee. Pod ports, not Service ports. */
function linkRules(
  links: readonly Link[],
  end: 'from' | 'to',
  workload: string,
): readonly (readonly [string, Ports])[] {
  const other = end === 'from' ? 'to' : 'from';
  const peers = new Map<string, Link[]>();
  for (const link of links) {
    if (link[end] === workload) peers.set(link[other], [...(peers.get(link[other]) ?? []), link]);
  }
  return [...peers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, ends]) => [id, portsOf(ends)] as const);
}

function portsOf(links: readonly Link[]): Ports {
  const ports = links.map(({ port, protocol }) => ({ port, protocol: protocol.toUpperCase() }));
  const unique = new Map(ports.map((port) => [`${port.protocol} ${port.port}`, port]));
  return [...unique.values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
}

/** A rule without `from` matches every address, inside the cluster and out. */
function publishedRules(workload: Workload): readonly IngressRule[] {
  const published = workload.ports.filter((port) => port.publish !== undefined);
  if (published.length === 0) return [];
  return [{ ports: published.map(({ port, protocol }) => ({ port, protocol: protocol.toUpperCase() })) }];
}

function internetRule(): EgressRule {
  return {
    to: [{ ipBlock: { cidr: '0.0.0.0/0', except: privateV4 } }, { ipBlock: { cidr: '::/0', except: privateV6 } }],
  };
}

function apiServerRule(): EgressRule {
  return { ports: apiServerPorts.map((port) => ({ port, protocol: 'TCP' })) };
}

/**
 * For init containers that ask the API whether a job is done. The rule holds for the workload itself too, so it opens no
 * address of the Internet; an API server with a public address needs a patch of the policy.
 */
function privateApiServerRule(): EgressRule {
  const cidrs = [...privateV4, ...privateV6].filter((cidr) => !machineLocal.includes(cidr));
  return { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ...apiServerRule() };
}

/** The labels that kubeadm, k3s and the managed clusters give their DNS. */
function dnsRule(): EgressRule {
  return {
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
    ],
    ports: [
      { port: 53, protocol: 'TCP' },
      { port: 53, protocol: 'UDP' },
    ],
  };
}

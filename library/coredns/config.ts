/** The Corefile (https://coredns.io/manual/configuration/) and zone files (RFC 1035, section 5) of the name server. */
import { compareText } from '../../compiler/model/order.ts';
import { sha256 } from '../../compiler/model/sha256.ts';

/** Above 1024, so that no capability is needed. */
export const ports = { dns: 1053, health: 8080, metrics: 9153 } as const;

export interface View {
  /** Empty for everybody else. */
  readonly id: string;
  /** Who sees it, in CIDR notation. */
  readonly networks: readonly string[];
  readonly zoneFile: string;
}

export interface Corefile {
  readonly domain: string;
  /** The last one is for everybody. */
  readonly views: readonly View[];
  readonly forward: readonly string[];
  /** Domains that are asked elsewhere. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  /** Whether names of the domain that are not in the zone are asked upstream. */
  readonly publicDomain: boolean;
}

/** Who may ask: private and local addresses. An open resolver is abused within days. */
const askers =
  '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16 127.0.0.0/8 fc00::/7 fe80::/10 ::1/128';

export function corefile({ domain, views, forward, zones, publicDomain }: Corefile): string {
  const upstream = forward.length === 0 ? [] : [`forward . ${forward.join(' ')}`, 'cache 300'];
  const own = views.map(({ id, networks, zoneFile }) =>
    block(`${domain}:${ports.dns}`, [
      ...(id === '' ? [] : [`view ${id} {`, `  expr ${insideAny(networks)}`, '}']),
      ...(publicDomain ? [`file ${zoneFile} {`, '  fallthrough', '}', ...upstream] : [`file ${zoneFile}`]),
    ]),
  );
  const conditional = Object.entries(zones)
    .sort(([a], [b]) => compareText(a, b))
    .map(([zone, to]) => block(`${zone}:${ports.dns}`, [`forward . ${to.join(' ')}`, 'cache 300']));
  const rest = block(`.:${ports.dns}`, [
    `health :${ports.health} {`,
    '  lameduck 5s',
    '}',
    'reload 30s',
    ...(forward.length === 0 ? ['template ANY ANY {', '  rcode REFUSED', '}'] : [...upstream, 'loop']),
  ]);
  const common = ['errors', `prometheus :${ports.metrics}`, 'acl {', `  allow net ${askers}`, '  block', '}'];
  return [`(common) {\n${indented(common)}\n}\n`, ...own, ...conditional, rest].join('\n');
}

function block(address: string, lines: readonly string[]): string {
  return `${address} {\n${indented(['import common', ...lines])}\n}\n`;
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}

function insideAny(networks: readonly string[]): string {
  return networks.map((network) => `incidr(client_ip(), '${network}')`).join(' || ');
}

export interface Zone {
  readonly domain: string;
  /** Addresses by name; the names are below the domain. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** Of the name server itself. */
  readonly addresses: readonly string[];
}

/** A zone whose serial follows from what is in it, so that the same file gives the same bytes and a change is noticed. */
export function zoneText({ domain, hosts, addresses }: Zone): string {
  const named: Readonly<Record<string, readonly string[]>> = { [`ns.${domain}`]: addresses, ...hosts };
  const records = Object.entries(named)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([name, to]) => to.map((address) => `${name}. IN ${address.includes(':') ? 'AAAA' : 'A'} ${address}`));
  const serial = Number.parseInt(sha256(new TextEncoder().encode(records.join('\n'))).slice(0, 8), 16) >>> 1;
  return [
    '$TTL 300',
    `${domain}. IN SOA ns.${domain}. hostmaster.${domain}. ${serial} 3600 600 604800 60`,
    `${domain}. IN NS ns.${domain}.`,
    ...records,
    '',
  ].join('\n');
}

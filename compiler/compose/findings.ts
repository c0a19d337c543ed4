import type { Finding } from '../../schema/diagnostic.ts';
import type { Link, Platform, Workload } from '../model/platform.ts';
import { networksOf } from './networks.ts';

/**
 * What a Compose project cannot say, one finding for each place in the file. A loss that the file accepts is left out;
 * what would render nonsense cannot be accepted.
 */
export function findingsOf(platform: Platform): readonly Finding[] {
  const losses = [...platform.workloads.flatMap(secretsInEnvironment), ...acrossHosts(platform)];
  return [
    ...losses.filter(({ code }) => platform.accept[code] === undefined),
    ...platform.workloads.flatMap((workload) => onProcessHost(platform, workload)),
    ...sharedNetworks(platform),
  ];
}

function secretsInEnvironment(workload: Workload): readonly Finding[] {
  return workload.environment.flatMap(({ name, value, origin }) => {
    if (value.kind !== 'secret') return [];
    return [
      {
        code: 'AG501',
        pointer: origin,
        message: `the value of secret '${value.secret}' in ${name} would show in \`docker inspect\` of '${workload.id}'`,
        hint: `if the image reads it, use ${name}_FILE, which holds the path of the mounted secret; else accept AG501 with a reason`,
      },
    ];
  });
}

/** Docker networks end at their host, so neither a link nor a start order can cross it. One finding per pair. */
function acrossHosts(platform: Platform): readonly Finding[] {
  const workloads = new Map(platform.workloads.map((workload) => [workload.id, workload]));
  const seen = new Set<string>();
  return platform.links.flatMap((link) => {
    const from = workloads.get(link.from);
    const to = workloads.get(link.to);
    const pair = `${link.from} ${link.to}`;
    if (from === undefined || to === undefined || from.host === to.host || seen.has(pair)) return [];
    seen.add(pair);
    return [crossHost(link, from, to)];
  });
}

function crossHost(link: Link, from: Workload, to: Workload): Finding {
  return {
    code: 'AG502',
    pointer: link.origin,
    message: `'${from.id}' on host '${from.host}' cannot reach '${to.id}' on host '${to.host}': a Compose network ends at its host`,
    hint: `place both on one host with \`placement: ${to.host}\`, or compile for Kubernetes`,
    related: [{ pointer: to.origin, message: `'${to.id}' is placed on '${to.host}'` }],
  };
}

function onProcessHost(platform: Platform, workload: Workload): readonly Finding[] {
  const host = platform.hosts.find(({ id }) => id === workload.host);
  if (host === undefined || host.engine.kind === 'docker') return [];
  return [
    {
      code: 'AG503',
      pointer: workload.origin,
      message: `'${workload.id}' is placed on host '${host.id}', which runs local processes and no containers`,
      hint: 'place it on a host with an engine URL; a process host runs runners only',
      related: [{ pointer: host.origin, message: `'${host.id}' is a process host` }],
    },
  ];
}

/** `a-b` → `c` and `a` → `b-c` would share the network `a-b-c`, which would join what is not linked. */
function sharedNetworks(platform: Platform): readonly Finding[] {
  const owners = new Map<string, Link>();
  const own = new Map(
    platform.workloads.flatMap((workload) =>
      networksOf({ ...platform, links: [] }, [workload]).map(({ key }) => [key, workload] as const),
    ),
  );
  return platform.links.flatMap((link) => {
    const key = `${link.from}-${link.to}`;
    const other = owners.get(key) ?? link;
    const same = other.from === link.from && other.to === link.to;
    owners.set(key, other);
    const clash = same ? own.get(key) : other;
    if (clash === undefined) return [];
    return [
      {
        code: 'AG504',
        pointer: link.origin,
        message: `the link from '${link.from}' to '${link.to}' would share its network '${platform.name}-${key}' with another one`,
        hint: 'rename one of the services, so that the names joined by a dash differ',
        related: [{ pointer: clash.origin, message: 'the other one comes from here' }],
      },
    ];
  });
}

import type { Finding } from '../../schema/diagnostic.ts';
import type { Link, Platform, Workload } from '../model/platform.ts';
import { secretMounts } from '../model/secret-mounts.ts';
import { hostFindings } from './host-findings.ts';
import { lossesOf } from './losses.ts';
import { nameFindings } from './name-findings.ts';
import { networksOf } from './networks.ts';

/**
 * What a Compose project cannot say, one finding for each place in the file. A loss that the file accepts is left out;
 * what would render nonsense cannot be accepted.
 */
export function findingsOf(platform: Platform): readonly Finding[] {
  return [
    ...lossesOf(platform).filter(({ code }) => platform.accept[code] === undefined),
    ...platform.workloads.flatMap((workload) => onProcessHost(platform, workload)),
    ...sharedNetworks(platform),
    ...hostFindings(platform),
    ...nameFindings(platform),
    ...secretsOfCluster(platform),
  ];
}

/** Codes of losses that are there and accepted. */
export function acceptedLosses(platform: Platform): readonly string[] {
  if (Object.keys(platform.accept).length === 0) return [];
  return lossesOf(platform).flatMap(({ code }) => (platform.accept[code] === undefined ? [] : [code]));
}

/** A Secret of a cluster is not there on a Docker host. */
function secretsOfCluster({ secrets, workloads }: Platform): readonly Finding[] {
  const used = new Set(
    workloads.flatMap((workload) => [
      ...secretMounts(workload).map(({ secret }) => secret),
      ...workload.environment.flatMap(({ value }) => (value.kind === 'secret' ? [value.secret] : [])),
    ]),
  );
  return secrets.flatMap(({ id, origin, source }) => {
    if (source.kind !== 'kubernetes' || !used.has(id)) return [];
    return [
      {
        code: 'AG559',
        pointer: origin,
        message: `secret '${id}' lies in a Kubernetes cluster, which a Docker host cannot read`,
        hint: 'take it from `env`, `file`, `generate` or `sops`, or compile for Kubernetes',
      },
    ];
  });
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

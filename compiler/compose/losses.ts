import type { Finding } from '../../schema/diagnostic.ts';
import type { Host, Link, Need, Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { hasMixedNodes } from './gpus.ts';

/** What the file asks for and a Compose project cannot give, one finding for each place. Each can be accepted. */
export function lossesOf(platform: Platform): readonly Finding[] {
  return [
    ...platform.workloads.flatMap(secretsInEnvironment),
    ...acrossHosts(platform),
    ...platform.workloads.flatMap(copies),
    ...platform.workloads.flatMap((workload) => gpuLosses(platform, workload)),
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
function acrossHosts({ workloads, links }: Platform): readonly Finding[] {
  const known = new Map(workloads.map((workload) => [workload.id, workload]));
  const seen = new Set<string>();
  const crossings = [
    ...links.map((link) => ({ link, from: link.from, to: link.to })),
    ...workloads.flatMap(({ id, needs }) => needs.map((link) => ({ link, from: id, to: link.workload }))),
  ];
  return crossings.flatMap((crossing) => {
    const from = known.get(crossing.from);
    const to = known.get(crossing.to);
    const pair = `${crossing.from} ${crossing.to}`;
    if (from === undefined || to === undefined || from.host === to.host || seen.has(pair)) return [];
    seen.add(pair);
    return [crossHost(crossing.link, from, to)];
  });
}

function crossHost({ origin }: Link | Need, from: Workload, to: Workload): Finding {
  return {
    code: 'AG502',
    pointer: origin,
    message: `'${from.id}' on host '${from.host}' cannot reach '${to.id}' on host '${to.host}': a Compose network ends at its host`,
    hint: `place both on one host with \`placement: ${to.host}\`, or compile for Kubernetes`,
    related: [{ pointer: to.origin, message: `'${to.id}' is placed on '${to.host}'` }],
  };
}

function copies({ id, origin, replicas = 1 }: Workload): readonly Finding[] {
  if (replicas === 1) return [];
  return [
    {
      code: 'AG550',
      pointer: pointerTo(origin, 'replicas'),
      message: `'${id}' asks for ${replicas} copies; a Docker host runs one of each service`,
      hint: 'remove `replicas`, compile for Kubernetes, or accept AG550 where one copy is enough',
    },
  ];
}

/** An engine hands out NVIDIA's GPUs by itself; those of others are device nodes with numbers and groups of the host. */
function gpuLosses({ hosts }: Platform, workload: Workload): readonly Finding[] {
  const { gpu, user, id } = workload;
  const host = hosts.find((each) => each.id === workload.host);
  if (gpu === undefined || gpu.vendor === 'nvidia' || host === undefined) return [];
  return [
    ...(hasMixedNodes(host) && isExclusive(host, gpu.vendor) ? [mixedNodes(workload, host)] : []),
    ...(user === undefined || user.uid === 0
      ? []
      : [
          {
            code: 'AG556',
            severity: 'warning' as const,
            pointer: gpu.origin,
            message: `'${id}' runs as user ${user.uid}:${user.gid}, and the host gives its GPUs to one group only, whose number differs from host to host`,
            hint: `set \`user: "${user.uid}:<group>"\` with what \`stat -c %g /dev/dri/renderD128\` prints on host '${host.id}', then accept AG556`,
          },
        ]),
  ];
}

function isExclusive({ gpus }: Host, vendor: string): boolean {
  return gpus.find((declared) => declared.vendor === vendor)?.mode !== 'shared';
}

function mixedNodes({ id, gpu, origin }: Workload, host: Host): Finding {
  return {
    code: 'AG555',
    pointer: gpu?.origin ?? origin,
    message: `host '${host.id}' has GPUs of ${host.gpus.map(({ vendor }) => vendor).join(' and ')}, so '${id}' would see all of /dev/dri and not only its own`,
    hint: 'accept AG555 where that is harmless, or give each vendor a host of its own',
    related: [{ pointer: host.origin, message: `'${host.id}' says what it has` }],
  };
}

import type { Finding } from '../../schema/diagnostic.ts';
import type { GpuAsk, Host, Platform, Workload } from '../model/platform.ts';
import { sizeText } from '../model/quantities.ts';

/** GPUs that are asked for and not declared on the host, too small, or promised to others already. */
export function checkGpus(platform: Platform): readonly Finding[] {
  if (platform.target === 'kubernetes') return [];
  return platform.hosts.flatMap((host) => {
    const asking = platform.workloads.flatMap((workload) =>
      workload.host === host.id && workload.gpu !== undefined ? [{ workload, ask: workload.gpu }] : [],
    );
    return [...asking.flatMap(({ workload, ask }) => undeclared(workload, ask, host)), ...tooMany(asking, host)];
  });
}

function undeclared({ id }: Workload, ask: GpuAsk, host: Host): readonly Finding[] {
  const there = host.gpus.find(({ vendor }) => vendor === ask.vendor);
  if (there === undefined) {
    return [
      {
        code: 'AG419',
        pointer: ask.origin,
        message: `'${id}' asks for ${count(ask)}, but host '${host.id}' declares none`,
        hint: `add \`gpus: { ${ask.vendor}: exclusive }\` to the host, or place it on a host that has them`,
        related: [{ pointer: host.origin, at: 'key', message: `'${host.id}' is here` }],
      },
    ];
  }
  const { memoryBytes } = there;
  if (ask.memoryBytes === undefined || memoryBytes === undefined || ask.memoryBytes <= memoryBytes) return [];
  return [
    {
      code: 'AG419',
      pointer: ask.origin,
      message: `'${id}' asks for GPUs with ${sizeText(ask.memoryBytes)}, but those of host '${host.id}' have ${sizeText(memoryBytes)}`,
      hint: 'lower `gpu.memory`, or place it on a host with larger ones',
      related: [{ pointer: host.origin, at: 'key', message: `'${host.id}' is here` }],
    },
  ];
}

interface Asking {
  readonly workload: Workload;
  readonly ask: GpuAsk;
}

/** In exclusive mode each GPU has one user. The finding stands at the first one that gets none. */
function tooMany(asking: readonly Asking[], host: Host): readonly Finding[] {
  return host.gpus.flatMap(({ vendor, mode, count: there }) => {
    if (there === undefined) return [];
    const users = asking.filter(({ ask }) => ask.vendor === vendor);
    let left = there;
    const without = users.find(({ ask }) => {
      if (mode === 'shared') return ask.count > there;
      left -= ask.count;
      return left < 0;
    });
    if (without === undefined) return [];
    return [
      {
        code: 'AG420',
        pointer: without.ask.origin,
        message: `'${without.workload.id}' asks for ${count(without.ask)}, but host '${host.id}' has ${there}${mode === 'shared' || users.length === 1 ? '' : ', and others have them'}`,
        hint:
          mode === 'shared'
            ? 'ask for fewer'
            : 'ask for fewer, place it on another host, or declare the GPUs as shared',
        related: users
          .filter((user) => user !== without)
          .slice(0, 3)
          .map(({ workload, ask }) => ({ pointer: ask.origin, message: `'${workload.id}' asks for ${ask.count}` })),
      },
    ];
  });
}

function count({ count: number, vendor }: GpuAsk): string {
  return `${number} ${vendor} GPU${number === 1 ? '' : 's'}`;
}

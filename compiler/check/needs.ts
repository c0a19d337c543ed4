import type { Finding } from '../../schema/diagnostic.ts';
import type { Need, Platform, Workload } from '../model/platform.ts';

/** Conditions that no container can meet, and needs that open no way to anything or wait for nothing. */
export function checkNeeds(platform: Platform): readonly Finding[] {
  const workloads = new Map(platform.workloads.map((workload) => [workload.id, workload]));
  const linked = new Set(platform.links.map(({ from, to }) => `${from} ${to}`));
  return platform.workloads.flatMap((workload) =>
    workload.needs.flatMap((need) => {
      const other = workloads.get(need.workload);
      return [...unmet(workload, need, other), ...withoutWay(workload, need, other, linked)];
    }),
  );
}

/** Whoever needs a service that names no port can wait for it, and not reach it. */
function withoutWay(
  { id }: Workload,
  { condition, origin }: Need,
  other: Workload | undefined,
  linked: ReadonlySet<string>,
): readonly Finding[] {
  // A map says what is waited for, and nothing more may be meant.
  if (other?.job?.at.kind === 'cron' && condition !== 'done' && !linked.has(`${id} ${other.id}`))
    return [ofTimes(id, origin, other)];
  const isListed = /\/[0-9]+$/.test(origin);
  const isSilent = isListed && other?.component === 'service' && other.job === undefined && other.ports.length === 0;
  if (other === undefined || other.id === id || !isSilent || linked.has(`${id} ${other.id}`)) return [];
  return [
    {
      code: 'AG429',
      severity: 'warning',
      pointer: origin,
      message: `'${id}' can wait for '${other.id}' but not reach it, because '${other.id}' names no port`,
      hint: `add \`port:\` or \`ports:\` to '${other.id}', or write \`needs: { ${other.id}: started }\` if waiting is meant`,
      related: [{ pointer: other.origin, at: 'key', message: `'${other.id}' is here` }],
    },
  ];
}

/** Nobody waits for a job that comes at its times, and without a port there is nothing to reach. */
function ofTimes(id: string, origin: Need['origin'], job: Workload): Finding {
  return {
    code: 'AG429',
    severity: 'warning',
    pointer: origin,
    message: `the need of '${id}' has no effect: '${job.id}' is a job that comes at its times, for which nothing waits, and names no port to reach`,
    hint: `remove it; with \`schedule: once\` '${id}' would wait until '${job.id}' is done`,
    related: [{ pointer: job.job?.origin ?? job.origin, message: 'the schedule is here' }],
  };
}

function unmet({ id }: Workload, { condition, origin }: Need, other: Workload | undefined): readonly Finding[] {
  if (other === undefined) return [];
  const finding = (message: string, hint: string): readonly Finding[] => [
    {
      code: 'AG416',
      pointer: origin,
      message,
      hint,
      related: [{ pointer: other.origin, at: 'key', message: `'${other.id}' is here` }],
    },
  ];
  if (condition === 'done' && other.job === undefined) {
    return finding(`'${id}' waits until '${other.id}' is done, but that one runs on`, 'write healthy or started');
  }
  if (condition === 'done' && other.job?.at.kind === 'cron') {
    return finding(
      `'${id}' waits until '${other.id}' is done, but that one runs again and again`,
      'write started, or `schedule: once`',
    );
  }
  return [];
}

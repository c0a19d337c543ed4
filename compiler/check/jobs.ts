import type { Finding } from '../../schema/diagnostic.ts';
import type { Need, Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** What makes no sense for a container that ends, and conditions that no container can meet. */
export function checkJobs(platform: Platform): readonly Finding[] {
  const workloads = new Map(platform.workloads.map((workload) => [workload.id, workload]));
  const routed = new Map(platform.routes.map((route) => [route.workload, route.origin]));
  return platform.workloads.flatMap((workload) => [
    ...serves(workload, routed.get(workload.id)),
    ...workload.needs.flatMap((need) => unmet(workload, need, workloads.get(need.workload))),
  ]);
}

function serves({ id, origin, job, ports, health, replicas }: Workload, route: string | undefined): readonly Finding[] {
  if (job === undefined) return [];
  const published = ports.find(({ publish }) => publish !== undefined);
  const wrong = [
    ...(route === undefined ? [] : [{ pointer: route, what: 'is served under a host' }]),
    ...(published === undefined ? [] : [{ pointer: published.origin, what: 'publishes a port' }]),
    ...(health === undefined ? [] : [{ pointer: pointerTo(origin, 'health'), what: 'has a health check' }]),
    ...(replicas === undefined ? [] : [{ pointer: pointerTo(origin, 'replicas'), what: 'has several copies' }]),
  ];
  return wrong.map(({ pointer, what }) => ({
    code: 'AG415',
    pointer,
    at: 'key',
    message: `'${id}' ${what}, but it is a job, which runs to its end`,
    hint: 'remove this key, or remove `schedule` if it should run on',
    related: [{ pointer: job.origin, message: 'the schedule makes it a job' }],
  }));
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

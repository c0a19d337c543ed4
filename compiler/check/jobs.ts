import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** What makes no sense for a container that ends. */
export function checkJobs(platform: Platform): readonly Finding[] {
  const routed = new Map(platform.routes.map((route) => [route.workload, route.origin]));
  return platform.workloads.flatMap((workload) => serves(workload, routed.get(workload.id)));
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

import type { Status } from '../model/status.ts';

export interface HealthAnswer {
  readonly ok: boolean;
  readonly detail: string;
}

/**
 * `livez`: the process answers. `startupz`: the first cycle has ended. `readyz`: the last cycle could read its source
 * and at least one host. Whoever restarts what is not live makes no repository and no host reachable by it, so `livez`
 * depends on nothing but the answer itself.
 */
export function healthOf(probe: 'livez' | 'readyz' | 'startupz', status: Status): HealthAnswer {
  if (probe === 'livez') return { ok: true, detail: 'the process answers' };
  if (status.cycle.number === 0) return { ok: false, detail: 'the first cycle has not ended yet' };
  if (probe === 'startupz') return { ok: true, detail: `${status.cycle.number} cycles done` };
  if (status.source.failure !== undefined)
    return { ok: false, detail: `the source cannot be read: ${status.source.failure}` };
  if (status.hosts.length > 0 && status.hosts.every((host) => host.state !== 'fresh'))
    return { ok: false, detail: 'no host can be read' };
  return { ok: true, detail: status.sentence };
}

/** Prometheus metrics, set from the status at each scrape, so that they can never disagree with it. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Status } from '../model/status.ts';

export interface Metrics {
  readonly contentType: string;
  render(status: Status): Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const cycles = gauge('autogit_cycles', 'Cycles of the reconciler since it started.');
  const seconds = gauge('autogit_cycle_seconds', 'Duration of the last cycle.');
  const sourceUp = gauge('autogit_source_up', '1 when the last look at the repository or file succeeded.');
  const hostUp = gauge('autogit_host_up', '1 when the last reading of the host is fresh.', ['host']);
  const units = gauge('autogit_units', 'Units by state.', ['state']);
  const well = gauge(
    'autogit_job_last_success_timestamp_seconds',
    'When the last run of a scheduled job that ended well was seen to.',
    ['unit'],
  );
  const late = gauge(
    'autogit_job_late_timestamp_seconds',
    'From when on the last good run of a scheduled job is too long ago: two of its times have passed.',
    ['unit'],
  );
  const actions = gauge('autogit_plan_actions', 'Actions of the last plan by state.', ['state']);
  const holds = gauge('autogit_plan_holds', 'What the last plan held back.');
  const queued = gauge('autogit_pool_queued_jobs', 'Jobs waiting that the pool can take.', ['pool']);
  const runners = gauge('autogit_pool_runners', 'Runners of the pool by state.', ['pool', 'state']);
  const desired = gauge('autogit_pool_desired_runners', 'Runners the pool should have.', ['pool']);
  const held = gauge('autogit_pool_held', '1 when the size is held because an input is not fresh.', ['pool']);
  const set = (status: Status): void => {
    cycles.set(status.cycle.number);
    seconds.set((status.cycle.lastMs ?? 0) / 1000);
    sourceUp.set(status.source.failure === undefined ? 1 : 0);
    for (const each of [hostUp, units, well, late, actions, queued, runners, desired, held]) each.reset();
    for (const host of status.hosts) hostUp.set({ host: host.id }, host.state === 'fresh' ? 1 : 0);
    for (const { id, state, job } of status.units) {
      units.inc({ state });
      if (job?.wellAt !== undefined) well.set({ unit: id }, job.wellAt / 1000);
      if (job?.lateAt !== undefined) late.set({ unit: id }, job.lateAt / 1000);
    }
    for (const action of status.plan?.actions ?? []) actions.inc({ state: action.state });
    holds.set(status.plan?.holds.length ?? 0);
    for (const pool of status.pools) {
      queued.set({ pool: pool.pool }, pool.queued);
      desired.set({ pool: pool.pool }, pool.desired);
      held.set({ pool: pool.pool }, pool.decision?.held === true ? 1 : 0);
      for (const state of ['busy', 'idle', 'starting'] as const) runners.set({ pool: pool.pool, state }, pool[state]);
    }
  };
  return {
    contentType: registry.contentType,
    render: (status) => {
      set(status);
      return registry.metrics();
    },
  };
}

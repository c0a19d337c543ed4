import type { Platform } from '../../compiler/model/platform.ts';
import type { Hold } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { MatchedDemand } from './demand-match.ts';
import type { RunnerIndex } from './pool-runners.ts';
import type { PoolView } from './pool-view.ts';
import type { ScaleInputs } from './scale-inputs.ts';
import type { ScaleOptions } from './scale-options.ts';
import { failureSentence } from './scale-sentence.ts';
import type { SizeDecision, SizeInputs } from './scale-size.ts';

/** Jobs that no pool can take: one hold per label set, however many jobs and cycles. */
export function queueHolds(unschedulable: MatchedDemand['unschedulable'], platform: Platform): readonly Hold[] {
  return unschedulable.map(({ labels, count }) => ({
    subject: 'queue',
    reason: `${count} ${count === 1 ? 'job asks' : 'jobs ask'} for labels [${labels.join(', ')}] that no pool has all of`,
    next: nextStep(labels, platform),
  }));
}

function nextStep(labels: readonly string[], platform: Platform): string {
  const empty = labels.find((label) => label.trim() === '');
  if (empty !== undefined) return 'an expression in `runs-on` came out empty: correct it in the workflow';
  const colon = labels.find((label) => label.includes(':'));
  if (colon !== undefined)
    return `a runner's label cannot hold a colon: write "${colon.replaceAll(':', '-')}" in the workflow and under runners`;
  const known = new Set(platform.pools.flatMap((pool) => pool.labels));
  const unknown = labels.filter((label) => !known.has(label));
  const add = unknown.length === 0 ? 'a pool with all of them' : `a pool with ${unknown.join(', ')}`;
  return `add ${add} under runners, or change runs-on in the workflow`;
}

export interface PoolHoldContext {
  readonly snapshot: Snapshot;
  readonly inputs: ScaleInputs;
  readonly options: ScaleOptions;
  readonly view: PoolView;
  readonly index: RunnerIndex;
  readonly size: SizeDecision;
  readonly sizeInputs: SizeInputs;
}

/** What stands in the way of a pool, and what its jobs show that a person should look at. */
export function poolHolds(context: PoolHoldContext): readonly Hold[] {
  const { view, size } = context;
  const subject = view.pool.id;
  const holds: Hold[] = [];
  if (view.trust === 'hold')
    holds.push({ subject, reason: `${view.doubt}: size held at ${size.desired}`, ...doubtNext(context) });
  else if (view.trust === 'grow')
    holds.push({ subject, reason: `${view.doubt}: no runner is ended`, ...doubtNext(context) });
  for (const name of ['forbidden', 'policy', 'hosts', 'policy for all', 'back-off']) {
    const clamp = size.clamps.find((candidate) => candidate.name === name && candidate.after < candidate.before);
    if (clamp !== undefined)
      holds.push({
        subject,
        reason: `${clamp.before - clamp.after} more wanted: ${clamp.reason}${name === 'back-off' ? lastFailureOf(context) : ''}`,
        ...blockedNext(name),
      });
  }
  return [...holds, ...jobHolds(context)];
}

function lastFailureOf({ sizeInputs }: PoolHoldContext): string {
  const { lastFailure } = sizeInputs.memory;
  return lastFailure === undefined ? '' : `; ${failureSentence(lastFailure)}`;
}

function doubtNext({ inputs, snapshot }: PoolHoldContext): { readonly next?: string } {
  const failure = inputs.demand.failure ?? inputs.forge.failure;
  switch (failure?.kind) {
    case 'unauthorized':
      return { next: 'set or correct the token of the forge, as the reason says; the next read that works resumes' };
    case 'rejected':
    case 'not-found':
      return { next: 'do what the reason says; the next read that works resumes' };
    case 'rate-limited':
      return {
        next: `nothing: it is asked again in ${Math.max(0, Math.ceil((failure.untilMs - snapshot.at) / 1000))} s`,
      };
    case undefined:
      return {};
    default:
      return { next: 'nothing, if this passes: the next read that works resumes' };
  }
}

function blockedNext(clamp: string): { readonly next: string } {
  switch (clamp) {
    case 'hosts':
      return { next: 'lower limits of the pool, give it another host, or free memory on these' };
    case 'policy':
      return { next: 'raise poolMax in the policy file of the host' };
    case 'policy for all':
      return { next: 'end runners of other pools, or raise the bound' };
    case 'forbidden':
      return { next: "change the pool in the file, or ask the machine's owner to allow it in the policy file" };
    default:
      return {
        next: 'correct what kept it from starting; a changed pool is tried at once, and the first that comes up ends the pause',
      };
  }
}

function jobHolds({ snapshot, options, view, index }: PoolHoldContext): readonly Hold[] {
  const subject = view.pool.id;
  const long = view.runners.filter(({ job }) => job !== undefined && snapshot.at - job.startedAt > options.longJobMs);
  const overdue = long.map(({ runner, job }) => ({
    subject,
    reason: `job ${job?.name} on ${runner.name} runs for ${Math.round((snapshot.at - (job?.startedAt ?? snapshot.at)) / 3_600_000)} h`,
    next: 'a busy runner is never stopped: cancel the job at the forge if it hangs',
  }));
  return [...overdue, ...lostJobs(snapshot, view, index)];
}

/** Jobs whose runner is on no host: only the forge can end them. One that has just ended is not yet cleared away. */
function lostJobs(snapshot: Snapshot, view: PoolView, index: RunnerIndex): readonly Hold[] {
  if (view.trust !== 'all') return [];
  const there = new Set(view.runners.map(({ runner }) => runner.name));
  const mine = index.jobsByPool.get(`${snapshot.desired.platform.name}-${view.pool.id}`) ?? [];
  return mine
    .filter(({ runnerName }) => !there.has(runnerName ?? ''))
    .map((job) => ({
      subject: view.pool.id,
      reason: `job ${job.name} runs on ${job.runnerName} as the forge says, but that runner is gone`,
      next: 'the forge fails it by itself (Gitea: within 15 minutes); run it again then',
    }));
}

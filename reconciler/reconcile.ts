import { act } from './act/act.ts';
import { createReporter } from './act/report.ts';
import { withDefaults } from './limits.ts';
import { knownName, look, rememberLook, rememberName, unreadOf } from './look.ts';
import { type CycleAsk, runLoop } from './loop.ts';
import { createNews } from './news.ts';
import { createObserver } from './observe/observe.ts';
import { commitStatus } from './plan/commit-status.ts';
import { fallenRevision } from './plan/conclude.ts';
import { nextMoment } from './plan/jobs.ts';
import { plan as makePlan } from './plan/plan.ts';
import { scalePools } from './plan/scale.ts';
import { scaleBounds } from './plan/scale-policy.ts';
import type { CycleResult, PlanResult, Reconciler, ReconcilerOptions } from './ports/reconciler.ts';
import {
  closeInterrupted,
  recordOutcomes,
  recordPursuit,
  recordRejection,
  recordRewrite,
  recordScaling,
  setRevision,
} from './record-cycle.ts';
import { redactedEngines, redactedForge, redactedSource } from './redacted.ts';
import { createStatusBoard } from './status-board.ts';
import { createTargetFinder, type Sought, type Target } from './target.ts';
import { createTurns } from './turns.ts';

const never = new AbortController().signal;

/**
 * The whole way of one cycle, in order: find what to pursue, look at the world, decide, act, record, report. Each step is a
 * function of its own; this file only hands their results on.
 */
export function createReconciler(given: ReconcilerOptions): Reconciler {
  const options = withoutSecrets(given);
  const { source, engines, store, clock, log, policy, takeover } = options;
  const limits = withDefaults(options.limits);
  const finder = createTargetFinder({ ...options, knownName: () => knownName(store) });
  const observer = createObserver({ engines, clock, observeMs: limits.observeMs });
  const reporter = createReporter({ store, clock, log });
  const turns = createTurns();
  const recorder = { store, clock, log };
  const news = createNews(log);
  let sought: Sought = {};
  let cycles = 0;
  const board = createStatusBoard({ ...options, sourceName: source.name, embedded: () => allEmbedded() });

  function allEmbedded(): boolean {
    const hosts = sought.target?.desired.platform.hosts ?? [];
    return hosts.length > 0 && hosts.every((host) => engines.of(host).kind === 'memory');
  }

  async function cycle(ask: CycleAsk, signal: AbortSignal): Promise<CycleResult> {
    const startedAt = clock.monotonic();
    if (cycles === 0) closeInterrupted(recorder);
    cycles += 1;
    sought = await finder.find(store.revisions(100), ask.force, signal);
    board.sought(sought);
    const { head, problem, target } = sought;
    if (head?.rewritten === true) recordRewrite(recorder, head);
    if (problem?.kind === 'rejected' && head !== undefined) recordRejection(recorder, head.revision, problem);
    const result = target === undefined ? nothingToDo(sought) : await pursue(target, ask, signal);
    news.tell(result, sought.failure);
    await tellForge(signal);
    board.cycled({ number: cycles, lastMs: Math.round(clock.monotonic() - startedAt) });
    return result;
  }

  async function pursue(target: Target, ask: CycleAsk, signal: AbortSignal): Promise<CycleResult> {
    const { candidate, desired } = target;
    const forge = options.forge(desired.platform, candidate.files);
    recordPursuit(recorder, candidate, sought.problem);
    rememberName(store, desired.platform.name);
    const snapshot = await look({ observer, store, clock }, target, forge, signal);
    rememberLook(store, snapshot);
    board.seen(snapshot);
    const fallen = fallenRevision(snapshot, candidate, limits.settleMs);
    if (fallen !== undefined) setRevision(recorder, fallen);
    if (fallen !== undefined) return { outcomes: {}, clean: false, again: true };
    const pools = scalePools(snapshot, scaleBounds(desired, policy));
    const plan = makePlan({ snapshot, pools, policy, takeover });
    board.planned(plan, clock.now());
    if (ask.digest !== undefined && ask.digest !== plan.digest)
      return { ...nothingToDo({ problem: changed(plan.digest) }), plan };
    recordScaling(recorder, pools);
    if (plan.actions.length > 0) await tellForge(signal);
    const outcomes = await act({
      plan,
      engineOf: (id) => desired.platform.hosts.filter((host) => host.id === id).map((host) => engines.of(host))[0],
      service: forge.runnerService,
      store,
      clock,
      log: log.child({ cycle: cycles, revision: plan.revision }),
      scope: { platform: desired.platform.name, deployment: store.deployment },
      secret: (id) => readSecret(target, id),
      signal,
      limits,
      onProgress: board.progressed,
    });
    const conclusion = recordOutcomes(recorder, { snapshot, plan, outcomes, candidate });
    const hasDone = Object.values(outcomes).some(({ kind }) => kind === 'done');
    const unread = unreadOf(snapshot);
    const dueAt = nextMoment(snapshot);
    return {
      plan,
      outcomes,
      ...withProblem(sought),
      unread,
      clean: conclusion.clean,
      again: conclusion.again || hasDone,
      ...(dueAt === undefined ? {} : { dueAt }),
    };
  }

  async function readSecret({ candidate, desired }: Target, id: string) {
    const secret = desired.platform.secrets.find((item) => item.id === id);
    if (secret === undefined) throw new TypeError(`no secret ${id} in the platform`);
    return options.secrets.value(id, secret.source, candidate.files);
  }

  async function tellForge(signal: AbortSignal): Promise<void> {
    const { head, target, problem } = sought;
    if (head === undefined || target === undefined) return;
    const { platform, units } = target.desired;
    const status = commitStatus({
      platform: platform.name,
      environment: options.environment,
      revision: head.revision,
      history: store.revisions(100),
      pursued: target.candidate.revision,
      problem: problem?.sentence,
      units: units.length,
    });
    if (status !== undefined)
      await reporter.report(options.forge(platform, target.candidate.files).notifier, status, signal);
  }

  async function plan(signal: AbortSignal): Promise<PlanResult> {
    const found = await finder.find(store.revisions(100), true, signal);
    if (found.target === undefined) return { ok: false, problem: noPlan(found) };
    const forge = options.forge(found.target.desired.platform, found.target.candidate.files);
    const snapshot = await look({ observer, store, clock }, found.target, forge, signal);
    const pools = scalePools(snapshot, scaleBounds(snapshot.desired, policy));
    const made = makePlan({ snapshot, pools, policy, takeover });
    return { ok: true, plan: made, ...withProblem(found), unread: unreadOf(snapshot) };
  }

  /** A digest that is not that of the plan of now ends here: nothing is written, not even to the store. */
  async function applyPlan(digest: string, signal: AbortSignal): Promise<CycleResult> {
    const made = await plan(signal);
    if (made.ok && made.plan.digest !== digest)
      return { ...nothingToDo({ problem: changed(made.plan.digest) }), plan: made.plan };
    return cycle({ force: true, digest }, signal);
  }

  const wakes = turns.wakes;
  return {
    cycle: (signal = never) => turns.take(() => cycle({ force: true }, signal)),
    plan: (signal = never) => turns.take(() => plan(signal)),
    applyPlan: (digest, signal = never) => turns.take(() => applyPlan(digest, signal)),
    run: (signal) =>
      runLoop({
        ...options,
        limits,
        wakes,
        platform: () => sought.target?.desired.platform,
        forge: (platform) => options.forge(platform, sought.target?.candidate.files),
        cycle: (ask) => turns.take(() => cycle(ask, signal)),
        onNext: (nextAt) => board.cycled({ nextAt }),
        signal,
      }),
    wake: wakes.wake,
    status: board.status,
    subscribe: board.subscribe,
  };
}

/** No text from outside passes with a secret in it. */
function withoutSecrets(options: ReconcilerOptions): ReconcilerOptions {
  const { source, engines, forge, redact } = options;
  return {
    ...options,
    source: redactedSource(source, redact),
    engines: redactedEngines(engines, redact),
    forge: (platform, files) => redactedForge(forge(platform, files), redact),
  };
}

function noPlan({ problem }: Sought) {
  return problem ?? ({ kind: 'nothing-to-follow', sentence: 'there is no revision to follow', lines: [] } as const);
}

function nothingToDo(sought: Sought): CycleResult {
  return { outcomes: {}, problem: noPlan(sought), clean: false, again: false };
}

function withProblem({ problem }: Sought) {
  return problem === undefined ? {} : { problem };
}

function changed(digest: string) {
  const sentence = `the plan is now ${digest.slice(0, 12)}: something changed since it was made; look at it with autogit plan and apply that one`;
  return { kind: 'changed', sentence, lines: [] } as const;
}

import type { Outcome } from './model/record.ts';
import type { Failure, Result } from './model/result.ts';
import type { ActContext, Engine } from './ports/engine.ts';
import type { LoadSource, Notifier, RunnerService } from './ports/forge.ts';
import type { Engines, ForgePorts } from './ports/reconciler.ts';
import type { Source } from './ports/source.ts';

/** Takes known values of secrets out of a text. */
type Redact = (text: string) => string;

/**
 * The same ports, with nothing in what they say that is a secret: an engine that repeats an environment, a container that
 * prints its password, a server that answers with the address it was asked at. What comes through here is kept in the
 * store, shown on the dashboard and sent to the forge.
 */
export function redactedSource(source: Source, redact: Redact): Source {
  return { ...source, head: async (signal) => cleanResult(await source.head(signal), redact) };
}

/** As `redactedSource`. One engine of a host stays one. */
export function redactedEngines(engines: Engines, redact: Redact): Engines {
  const known = new WeakMap<Engine, Engine>();
  return {
    of(host) {
      const engine = engines.of(host);
      const made = known.get(engine) ?? redactedEngine(engine, redact);
      known.set(engine, made);
      return made;
    },
    close: () => engines.close(),
  };
}

function redactedEngine(engine: Engine, redact: Redact): Engine {
  const within = (context: ActContext): ActContext => ({
    ...context,
    progress: (text) => context.progress(redact(text)),
  });
  return {
    kind: engine.kind,
    observe: async (scope, signal) => cleanResult(await engine.observe(scope, signal), redact),
    apply: async (action, context) => cleanOutcome(await engine.apply(action, within(context)), redact),
    launch: async (action, credential, context) =>
      cleanOutcome(await engine.launch(action, credential, within(context)), redact),
    retire: async (runner, graceMs, context) =>
      cleanOutcome(await engine.retire(runner, graceMs, within(context)), redact),
    watch: (scope, wake, signal) => engine.watch(scope, wake, signal),
    close: () => engine.close(),
  };
}

/** As `redactedSource`. */
export function redactedForge(ports: ForgePorts, redact: Redact): ForgePorts {
  const { loadSource, runnerService, notifier } = ports;
  return {
    ...(loadSource && { loadSource: redactedLoad(loadSource, redact) }),
    ...(runnerService && { runnerService: redactedRunners(runnerService, redact) }),
    ...(notifier && { notifier: redactedNotifier(notifier, redact) }),
  };
}

function redactedLoad(load: LoadSource, redact: Redact): LoadSource {
  return { kind: load.kind, read: async (signal) => cleanResult(await load.read(signal), redact) };
}

function redactedRunners(service: RunnerService, redact: Redact): RunnerService {
  return {
    list: async (signal) => cleanResult(await service.list(signal), redact),
    register: async (request, signal) => cleanResult(await service.register(request, signal), redact),
    cordon: async (id, signal) => cleanResult(await service.cordon(id, signal), redact),
    runningJobs: async (id, signal) => cleanResult(await service.runningJobs(id, signal), redact),
    remove: async (id, signal) => cleanResult(await service.remove(id, signal), redact),
  };
}

function redactedNotifier(notifier: Notifier, redact: Redact): Notifier {
  return { report: async (status, signal) => cleanResult(await notifier.report(status, signal), redact) };
}

function cleanResult<T>(result: Result<T>, redact: Redact): Result<T> {
  return result.ok ? result : { ok: false, failure: cleanFailure(result.failure, redact) };
}

function cleanFailure(failure: Failure, redact: Redact): Failure {
  return { ...failure, detail: redact(failure.detail) };
}

function cleanOutcome(outcome: Outcome, redact: Redact): Outcome {
  switch (outcome.kind) {
    case 'done':
      return {
        ...outcome,
        ...(outcome.detail === undefined ? {} : { detail: redact(outcome.detail) }),
        ...(outcome.logs === undefined ? {} : { logs: outcome.logs.map(redact) }),
      };
    case 'failed':
      return {
        ...outcome,
        failure: cleanFailure(outcome.failure, redact),
        ...(outcome.logs === undefined ? {} : { logs: outcome.logs.map(redact) }),
      };
    case 'stale':
    case 'skipped':
      return { ...outcome, detail: redact(outcome.detail) };
  }
}

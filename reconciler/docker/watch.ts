import type { Scope } from '../ports/engine.ts';
import type { DockerContext } from './context.ts';
import { WorldError } from './failure.ts';
import { LABEL } from './labels.ts';
import { forget, type Memory } from './observe.ts';
import { lines } from './streams.ts';

/** A burst of events is one wake-up. */
const COALESCE_MS = 200;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/** Exec events come with every health check and change nothing. */
const IGNORED = /^(exec_|top|attach|archive-path)/;

/**
 * Follows the engine's events for our objects. They are hints: each one makes the container it names be looked at again
 * and wakes the caller. The engine replays at most 256 and none after its restart, so after every reconnect everything
 * is looked at again. Returns when `signal` aborts.
 */
export async function watch(
  docker: DockerContext,
  memory: Memory,
  scope: Scope,
  wake: () => void,
  signal: AbortSignal,
): Promise<void> {
  const bell = coalesced(wake);
  signal.addEventListener('abort', bell.stop, { once: true });
  let retryMs = FIRST_RETRY_MS;
  let connectedBefore = false;
  while (!signal.aborted) {
    try {
      await follow(
        docker,
        memory,
        scope,
        signal,
        () => {
          if (connectedBefore) {
            forget(memory, Number.NEGATIVE_INFINITY);
            docker.log.info('docker.events.reconnected', { host: docker.host });
            bell.ring();
          }
          connectedBefore = true;
          retryMs = FIRST_RETRY_MS;
        },
        bell.ring,
      );
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof WorldError && retryMs === FIRST_RETRY_MS)
        docker.log.warn('docker.events.lost', { host: docker.host, detail: error.message });
    }
    await docker.clock.sleep(retryMs, signal);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  }
  bell.stop();
}

interface EngineEvent {
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

async function follow(
  docker: DockerContext,
  memory: Memory,
  scope: Scope,
  signal: AbortSignal,
  connected: () => void,
  ring: () => void,
): Promise<void> {
  // Network events carry no labels on any engine so far, so types are filtered and labels looked at here.
  const filters = JSON.stringify({ type: ['container', 'network', 'volume'] });
  const stream = await docker.connection.stream('events', { query: { filters }, signal });
  connected();
  for await (const line of lines(stream, docker.connection.place)) {
    const event = parseEvent(line);
    if (!concerns(event, scope, memory)) continue;
    const id = event.Type === 'network' ? event.Actor?.Attributes?.container : event.Actor?.ID;
    if (id !== undefined) memory.touched.add(id);
    ring();
  }
}

function concerns(event: EngineEvent, scope: Scope, memory: Memory): boolean {
  if (event.Action === undefined || IGNORED.test(event.Action)) return false;
  const attributes = event.Actor?.Attributes ?? {};
  if (event.Type === 'container')
    return attributes[LABEL.platform] === scope.platform && attributes[LABEL.filler] === undefined;
  if (event.Type === 'network') return memory.containers.has(attributes.container ?? '') || event.Action === 'destroy';
  return event.Action === 'destroy';
}

function parseEvent(line: string): EngineEvent {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as EngineEvent) : {};
  } catch {
    return {};
  }
}

function coalesced(wake: () => void): { readonly ring: () => void; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    ring: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        wake();
      }, COALESCE_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

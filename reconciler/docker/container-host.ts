import { HostDown } from '../model/host-down.ts';
import type { ContainerHost, FoundContainer } from '../ports/container-host.ts';
import { openConnection } from './connection.ts';
import { inspectContainer, startContainer, stopContainer } from './containers.ts';
import type { InspectedContainer, ListedVolume } from './engine-json.ts';
import { explainExit } from './explain-exit.ts';
import { WorldError } from './failure.ts';
import { runOneShot } from './one-shot.ts';
import { moment, startedAt } from './read-container.ts';
import { framedLines } from './streams.ts';

/**
 * A Docker engine for what a person does by hand. Opens no connection yet. Throws for certificates that cannot be read.
 * `url` and `certificates` as for `createDockerEngine`.
 */
export function openContainerHost(url: string, certificates: string | undefined): ContainerHost {
  const connection = openConnection(url, certificates);
  return {
    place: connection.place,
    find: (name, signal) =>
      asked(async () => {
        const found = await inspectContainer(connection, name, signal);
        return found === undefined ? undefined : read(found);
      }),
    start: (id, signal) => asked(() => startContainer(connection, id, signal)),
    stop: (id, signal) =>
      asked(async () => {
        const found = await inspectContainer(connection, id, signal);
        if (found !== undefined) await stopContainer(connection, found, signal);
      }),
    follow: (id, sinceMs, say, signal) =>
      asked(async () => {
        const query = { stdout: true, stderr: true, follow: true, since: (sinceMs / 1000).toFixed(3) };
        const stream = await connection.stream('containerLogs', { id, query, signal });
        const cut = (): void => void stream.destroy();
        signal.addEventListener('abort', cut, { once: true });
        try {
          for await (const { line } of framedLines(stream, connection.place)) say(line);
        } finally {
          signal.removeEventListener('abort', cut);
        }
      }),
    hasVolume: (name, signal) =>
      asked(async () => {
        const query = { filters: JSON.stringify({ name: [name] }) };
        const found = (await connection.call('listVolumes', { query, signal })) as {
          readonly Volumes?: readonly ListedVolume[] | null;
        };
        return (found.Volumes ?? []).some(({ Name }) => Name === name);
      }),
    runBeside: (shot, signal) => asked(() => runOneShot(connection, shot, signal)),
    close: () => connection.close(),
  };
}

function read(found: InspectedContainer): FoundContainer {
  const health = found.State.Health?.Status;
  const isKnown = health === 'starting' || health === 'healthy' || health === 'unhealthy';
  return {
    id: found.Id,
    name: found.Name.slice(1),
    // Between two tries of a run that failed it is `restarting`.
    isRunning: ['running', 'restarting', 'paused'].includes(found.State.Status),
    ...(isKnown ? { health } : {}),
    startedAt: moment(found.State.StartedAt) > 0 ? startedAt(found) : 0,
    exitCode: found.State.ExitCode ?? 0,
    exit: explainExit(found),
  };
}

async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof WorldError ? new HostDown(error.failure) : error;
  }
}

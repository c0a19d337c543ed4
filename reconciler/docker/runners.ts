import type { HostRunner } from '../model/load.ts';
import type { Outcome } from '../model/record.ts';
import type { RunnerCredential } from '../ports/engine.ts';
import { inspectContainer, inspectImage, removeContainer, startContainer } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import type { InspectedContainer, ListedVolume } from './engine-json.ts';
import { explainRunnerExit } from './explain-exit.ts';
import { hasStatus, plain, rejected, WorldError } from './failure.ts';
import { fillVolume } from './fill-volume.ts';
import { isOurs, LABEL } from './labels.ts';
import { lastLogs } from './last-logs.ts';
import { removeVolume, volumeNamed } from './networks-and-volumes.ts';
import { pullImage } from './pull-image.ts';
import { startedAt, stateOf } from './read-container.ts';
import { removeFiller } from './remove-filler.ts';
import { type Launch, runnerAccess, runnerBody, runnerLabels } from './runner-body.ts';
import { assertOurs } from './slots.ts';
import type { TarFile } from './tar.ts';

/** Id of a runner of which only the working folder is left. */
const FOLDER_ID = 'volume/';

/** Starts one runner; a runner of that name that is there already is the same launch, done by an earlier run. */
export async function launchRunner(
  docker: DockerContext,
  step: Step,
  action: Launch,
  credential: RunnerCredential,
): Promise<Outcome> {
  const there = await inspectContainer(docker.connection, action.name, step.signal);
  if (there !== undefined) assertOurs(there, step.scope);
  if (there?.State.Running) return { kind: 'done', liveId: there.Id, detail: 'started by an earlier run' };
  if (there !== undefined) await removeContainer(docker.connection, there.Id, step.signal, { anonymousVolumes: true });
  await pullImage(docker, step, action.image);
  step.progress(`starting runner ${action.name}`);
  try {
    const id = await make(docker, step, action, credential);
    await startContainer(docker.connection, id, step.signal);
    return { kind: 'done', liveId: id };
  } catch (error) {
    if (error instanceof WorldError && error.failure.kind !== 'unreachable')
      await clear(docker, { ...step, signal: AbortSignal.timeout(30_000) }, action.name);
    if (error instanceof WorldError && error.status !== undefined)
      throw rejected(`runner ${action.name} did not start: ${plain(error.message)}`);
    throw error;
  }
}

async function make(docker: DockerContext, step: Step, action: Launch, credential: RunnerCredential): Promise<string> {
  const access = runnerAccess((await inspectImage(docker.connection, action.image, step.signal))?.Config?.User ?? '');
  const labels = runnerLabels(action, credential, step.scope);
  await docker.connection.call('createVolume', {
    body: { Name: action.name, Driver: 'local', Labels: labels },
    signal: step.signal,
  });
  const volume = await volumeNamed(docker, step, action.name);
  if (volume?.Labels?.[LABEL.runner] !== action.name)
    throw rejected(`a volume named ${action.name} is there already and is no runner's folder: remove it`);
  const files = credential.files.map(
    (file): TarFile => ({
      path: file.path,
      content: Buffer.from(file.content.reveal(), 'utf8'),
      mode: access.mode,
      uid: access.uid,
      gid: access.gid,
    }),
  );
  await fillVolume(docker, step, { volume: action.name, files, rootMode: access.rootMode });
  const body = runnerBody({ action, credential, scope: step.scope, network: docker.runnerNetwork });
  const made = (await docker.connection.call('createContainer', {
    query: { name: action.name },
    body,
    signal: step.signal,
    timeoutMs: 60_000,
  })) as { readonly Id: string };
  return made.Id;
}

/** Asks the runner to end and waits for it, at most `graceMs`; then it is removed with its working folder. */
export async function retireRunner(
  docker: DockerContext,
  step: Step,
  runner: string,
  graceMs: number,
): Promise<Outcome> {
  if (runner.startsWith(FOLDER_ID)) return removeFolder(docker, step, runner.slice(FOLDER_ID.length));
  const container = await inspectContainer(docker.connection, runner, step.signal);
  if (container === undefined) return { kind: 'done', detail: 'gone already' };
  assertOurs(container, step.scope);
  const name = container.Config.Labels?.[LABEL.runner];
  if (name === undefined) throw rejected(`container ${container.Name.slice(1)} is no runner`);
  const logs = hasFailed(container) ? await lastLogs(docker.connection, container.Id, [], step.signal) : undefined;
  if (container.State.Running) {
    step.progress(`waiting until runner ${name} has ended`);
    await askToEnd(docker, step, container);
    const ended = await waitForEnd(docker, step, container.Id, graceMs);
    if (!ended) docker.log.warn('docker.runner.killed', { runner: name, graceMs });
  }
  await removeContainer(docker.connection, container.Id, step.signal, { anonymousVolumes: true });
  const outcome = await removeFolder(docker, step, name);
  return outcome.kind === 'done' && logs !== undefined ? { ...outcome, logs } : outcome;
}

/** Ended by itself, and not well. */
function hasFailed({ State: state }: InspectedContainer): boolean {
  return state.Running !== true && stateOf(state.Status) === 'exited' && (state.ExitCode ?? 0) !== 0;
}

async function askToEnd(docker: DockerContext, step: Step, container: InspectedContainer): Promise<void> {
  try {
    await docker.connection.call('killContainer', {
      id: container.Id,
      query: { signal: 'SIGTERM' },
      signal: step.signal,
    });
  } catch (error) {
    if (!hasStatus(error, 404, 409, 500)) throw error;
  }
}

async function waitForEnd(docker: DockerContext, step: Step, id: string, graceMs: number): Promise<boolean> {
  const until = docker.clock.monotonic() + graceMs;
  for (;;) {
    const container = await inspectContainer(docker.connection, id, step.signal);
    if (container === undefined || container.State.Running !== true) return true;
    const left = until - docker.clock.monotonic();
    if (left <= 0) return false;
    await docker.clock.sleep(Math.min(500, left), step.signal);
    if (step.signal.aborted)
      throw new WorldError({ kind: 'cancelled', detail: `runner ${id.slice(0, 12)} is still ending` });
  }
}

async function removeFolder(docker: DockerContext, step: Step, name: string): Promise<Outcome> {
  const volume = await volumeNamed(docker, step, name);
  if (volume?.Labels?.[LABEL.runner] !== name || !isOurs(volume.Labels, step.scope)) return { kind: 'done' };
  await removeFiller(docker, step, name);
  return removeVolume(docker, step, name);
}

async function clear(docker: DockerContext, step: Step, name: string): Promise<void> {
  try {
    const left = await inspectContainer(docker.connection, name, step.signal);
    if (left !== undefined) await removeContainer(docker.connection, left.Id, step.signal, { anonymousVolumes: true });
    await removeFolder(docker, step, name);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    docker.log.warn('docker.runner.left', { runner: name, detail: error.message });
  }
}

/** Reads a runner back from its container. */
export function readRunner(container: InspectedContainer, host: string, draining: boolean): HostRunner {
  const labels = container.Config.Labels ?? {};
  const state = stateOf(container.State.Status);
  const exited = state === 'exited' || state === 'dead';
  const forgeId = labels[LABEL.forgeId];
  return {
    id: container.Id,
    host,
    pool: labels[LABEL.pool] ?? '',
    name: labels[LABEL.runner] ?? '',
    ...(forgeId ? { forgeId } : {}),
    state: exited ? 'exited' : state === 'created' ? 'starting' : draining ? 'draining' : 'running',
    startedAt: startedAt(container),
    ...(exited && container.State.ExitCode !== undefined ? { exitCode: container.State.ExitCode } : {}),
    ...(hasFailed(container) ? { exit: explainRunnerExit(container) } : {}),
    digest: labels[LABEL.digest] ?? '',
  };
}

/** A working folder without its container is what a crash during launch leaves; it counts as an ended runner. */
export function readRunnerFolder(volume: ListedVolume, host: string): HostRunner {
  const labels = volume.Labels ?? {};
  const forgeId = labels[LABEL.forgeId];
  return {
    id: `${FOLDER_ID}${volume.Name}`,
    host,
    pool: labels[LABEL.pool] ?? '',
    name: volume.Name,
    ...(forgeId ? { forgeId } : {}),
    state: 'exited',
    startedAt: 0,
    digest: labels[LABEL.digest] ?? '',
  };
}

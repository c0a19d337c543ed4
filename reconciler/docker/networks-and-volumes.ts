import type { FilesUnit, VolumeUnit } from '../model/desired.ts';
import type { UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import { listNetworks } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import type { ListedNetwork, ListedVolume } from './engine-json.ts';
import { hasStatus, plain, rejected, WorldError } from './failure.ts';
import { composeLabels, isOurs, LABEL, type Labels, ownerOf, unitLabels } from './labels.ts';
import { removeFiller } from './remove-filler.ts';

type Of<K extends UnitAction['kind']> = Extract<UnitAction, { kind: K }>;

/** A network of that name that is not ours, or ours but made otherwise, is refused: others may hang on it. */
export async function createNetwork(
  docker: DockerContext,
  step: Step,
  { unit }: Of<'create-network'>,
): Promise<Outcome> {
  const labels = { ...composeLabels(unit, step.scope), ...unitLabels(unit, step.scope) };
  const found = await networkNamed(docker, step, unit.name);
  if (found !== undefined) return networkThere(step, unit.digest, found);
  try {
    const body = { Name: unit.name, CheckDuplicate: true, Driver: 'bridge', Internal: unit.internal, Labels: labels };
    const made = (await docker.connection.call('createNetwork', { body, signal: step.signal })) as {
      readonly Id: string;
    };
    return { kind: 'done', liveId: made.Id };
  } catch (error) {
    const raced = hasStatus(error, 403, 409, 500) ? await networkNamed(docker, step, unit.name) : undefined;
    if (raced !== undefined) return networkThere(step, unit.digest, raced);
    if (error instanceof WorldError && /address pool|overlap/i.test(error.message)) {
      throw rejected(
        `host ${docker.host} has no free address range for network ${unit.name}: remove unused networks (docker network prune) or widen default-address-pools of the engine`,
      );
    }
    throw error;
  }
}

async function networkNamed(docker: DockerContext, step: Step, name: string): Promise<ListedNetwork | undefined> {
  const found = (await listNetworks(docker.connection, { name: [name] }, step.signal)).filter(
    (network) => network.Name === name,
  );
  if (found.length > 1)
    throw rejected(
      `${found.length} networks are named ${name}: remove those that AutoGit did not make (docker network ls)`,
    );
  return found[0];
}

function networkThere(step: Step, digest: string, network: ListedNetwork): Outcome {
  if (!isOurs(network.Labels, step.scope)) throw foreign('network', network.Name, network.Labels);
  if (network.Labels?.[LABEL.digest] === digest) return { kind: 'done', liveId: network.Id, detail: 'there already' };
  throw rejected(
    `network ${network.Name} was made with other settings; it can change only when nothing is connected to it`,
  );
}

/** The engine answers 200 for a volume that is there already and keeps its old labels, so it is read back. */
export async function createVolume(docker: DockerContext, step: Step, unit: VolumeUnit | FilesUnit): Promise<Outcome> {
  const labels = { ...composeLabels(unit, step.scope), ...unitLabels(unit, step.scope) };
  const before = await volumeNamed(docker, step, unit.name);
  if (before === undefined)
    await docker.connection.call('createVolume', {
      body: { Name: unit.name, Driver: 'local', Labels: labels },
      signal: step.signal,
    });
  const volume = before ?? (await volumeNamed(docker, step, unit.name));
  if (volume === undefined) throw rejected(`volume ${unit.name} was made and is not there: look at the engine's log`);
  if (!isOurs(volume.Labels, step.scope)) throw foreign('volume', unit.name, volume.Labels);
  if (unit.kind === 'files' && volume.Labels?.[LABEL.digest] !== unit.digest)
    throw rejected(`volume ${unit.name} was made for other content: remove it (docker volume rm ${unit.name})`);
  return { kind: 'done', liveId: unit.name, ...(before === undefined ? {} : { detail: 'there already' }) };
}

export async function volumeNamed(docker: DockerContext, step: Step, name: string): Promise<ListedVolume | undefined> {
  const query = { filters: JSON.stringify({ name: [name] }) };
  const answer = (await docker.connection.call('listVolumes', { query, signal: step.signal })) as {
    readonly Volumes?: readonly ListedVolume[] | null;
  };
  return answer.Volumes?.find((volume) => volume.Name === name);
}

export async function removeNetwork(docker: DockerContext, step: Step, action: Of<'remove-network'>): Promise<Outcome> {
  const network = (await listNetworks(docker.connection, { id: [action.network] }, step.signal)).find(
    (found) => found.Id === action.network,
  );
  if (network === undefined) return { kind: 'done', detail: 'gone already' };
  if (!isOurs(network.Labels, step.scope)) throw foreign('network', network.Name, network.Labels);
  try {
    await docker.connection.call('removeNetwork', { id: network.Id, signal: step.signal });
    return { kind: 'done' };
  } catch (error) {
    if (hasStatus(error, 404)) return { kind: 'done', detail: 'gone already' };
    if (!hasStatus(error, 403, 409, 500)) throw error;
    throw rejected(
      `network ${action.name} is in use: ${plain(error instanceof Error ? error.message : '')}; disconnect what is on it`,
    );
  }
}

/** Only volumes that AutoGit filled itself; a data volume is refused whatever the action says. */
export async function removeFiles(docker: DockerContext, step: Step, action: Of<'remove-files'>): Promise<Outcome> {
  const volume = await volumeNamed(docker, step, action.volume);
  if (volume === undefined) return { kind: 'done', detail: 'gone already' };
  if (!isOurs(volume.Labels, step.scope)) throw foreign('volume', volume.Name, volume.Labels);
  if (!(volume.Labels?.[LABEL.unit] ?? '').startsWith('files/'))
    throw rejected(`volume ${volume.Name} holds data: AutoGit never removes such a volume`);
  await removeFiller(docker, step, volume.Name);
  return removeVolume(docker, step, volume.Name);
}

export async function removeVolume(docker: DockerContext, step: Step, name: string): Promise<Outcome> {
  try {
    await docker.connection.call('removeVolume', { id: name, signal: step.signal });
    return { kind: 'done' };
  } catch (error) {
    if (hasStatus(error, 404)) return { kind: 'done', detail: 'gone already' };
    if (!hasStatus(error, 409, 500)) throw error;
    if ((await volumeNamed(docker, step, name)) === undefined) return { kind: 'done' };
    throw rejected(`volume ${name} is in use: ${plain(error instanceof Error ? error.message : '')}`);
  }
}

function foreign(kind: string, name: string, labels: Labels | null | undefined): WorldError {
  return new WorldError({
    kind: 'conflict',
    detail: `a ${kind} named ${name} is there already and belongs to ${ownerOf(labels)}: remove or rename it`,
  });
}

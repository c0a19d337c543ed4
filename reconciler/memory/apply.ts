import type { FilesUnit, NetworkUnit, VolumeUnit } from '../model/desired.ts';
import type { UnitAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import { endJob, makeJob } from './jobs.ts';
import { applyContainer, remove, type Stage, start } from './replace.ts';
import type { MemoryContainer, MemoryObject } from './world.ts';

/** Does one action of a plan to a memory world. */
export async function applyAction(stage: Stage, action: UnitAction): Promise<Outcome> {
  switch (action.kind) {
    case 'create-network':
      return createObject(stage, stage.world.networks, action.unit, {});
    case 'create-volume':
      return createObject(stage, stage.world.volumes, action.unit, { files: false });
    case 'fill-files':
      return fillFiles(stage, action.unit);
    case 'pull-image':
      return pullImage(stage, action.image);
    case 'apply-container':
      return action.unit.job === undefined
        ? applyContainer(stage, action.unit, action.sees)
        : makeJob(stage, action.unit, action.sees, false);
    case 'run-job':
      return makeJob(stage, action.unit, action.sees, true);
    case 'end-job':
      return endJob(stage, action);
    case 'update-container':
      return onContainer(stage, action.container, (container) => {
        stage.step(`update ${container.name}`);
        const { cpus, memoryBytes, pids, restart } = action.unit.spec;
        container.spec = { ...container.spec, cpus, memoryBytes, pids, restart };
      });
    case 'start-container':
      return onContainer(stage, action.container, (container) => start(stage, container));
    case 'connect-container':
      return onContainer(stage, action.container, (container) => {
        stage.step(`connect ${container.name} to ${action.networks.join(', ')}`);
        const missing = stage.world.networks.filter(({ name }) => action.networks.includes(name));
        container.networks = [...new Set([...container.networks, ...missing.map(({ id }) => id)])];
      });
    case 'remove-container':
      return removeContainer(stage, action.container);
    case 'remove-network':
      return removeObject(stage, stage.world.networks, action.network);
    case 'remove-files':
      return removeFiles(stage, action.volume);
  }
}

function createObject<T extends MemoryObject>(
  stage: Stage,
  list: T[],
  unit: NetworkUnit | VolumeUnit | FilesUnit,
  extra: Omit<T, keyof MemoryObject>,
): Outcome {
  const { scope } = stage.context;
  const found = list.find(({ name }) => name === unit.name);
  if (found !== undefined && found.deployment !== scope.deployment) {
    const detail = `the name ${unit.name} is taken by a ${unit.kind} of deployment ${found.deployment}; rename or remove it`;
    return { kind: 'failed', failure: { kind: 'conflict', detail } };
  }
  if (found !== undefined) return { kind: 'done', liveId: found.id };
  stage.step(`create ${unit.kind} ${unit.name}`);
  const made: MemoryObject = {
    id: `${unit.kind[0]}${stage.world.nextId++}`,
    name: unit.name,
    unit: unit.id,
    digest: unit.digest,
    ...scope,
  };
  list.push({ ...made, ...extra } as T);
  return { kind: 'done', liveId: made.id };
}

async function fillFiles(stage: Stage, unit: FilesUnit): Promise<Outcome> {
  for (const { source } of unit.files) {
    if (source.kind === 'text') continue;
    const value = await stage.context.secret(source.secret);
    if (!value.ok) return { kind: 'failed', failure: value.failure };
  }
  const made = createObject(stage, stage.world.volumes, unit, { files: true });
  if (made.kind !== 'done') return made;
  const volume = stage.world.volumes.find(({ name }) => name === unit.name);
  if (volume !== undefined && volume.content === undefined) {
    stage.step(`fill ${unit.name}`);
    volume.content = unit.files;
  }
  return made;
}

async function pullImage(stage: Stage, image: string): Promise<Outcome> {
  if (stage.world.images.has(image)) return { kind: 'done', detail: 'already there' };
  const { pull, pullMs = 0 } = stage.behaviour.images?.[image] ?? {};
  stage.context.progress(`pulling ${image}`);
  if (pullMs > 0) await stage.clock.sleep(pullMs, stage.context.signal);
  if (pull !== undefined) return { kind: 'failed', failure: pull };
  stage.step(`pull ${image}`);
  stage.world.images.add(image);
  return { kind: 'done' };
}

function onContainer(stage: Stage, id: string, change: (container: MemoryContainer) => void): Outcome {
  const container = stage.world.containers.find((item) => item.id === id);
  if (container === undefined) return { kind: 'stale', detail: `container ${id} is gone` };
  change(container);
  return { kind: 'done', liveId: id };
}

function removeContainer(stage: Stage, id: string): Outcome {
  const container = stage.world.containers.find((item) => item.id === id);
  if (container !== undefined) remove(stage, container);
  return { kind: 'done' };
}

function removeObject(stage: Stage, list: MemoryObject[], id: string): Outcome {
  const index = list.findIndex((item) => item.id === id);
  const found = list[index];
  if (found === undefined) return { kind: 'done' };
  stage.step(`remove ${found.name}`);
  list.splice(index, 1);
  return { kind: 'done' };
}

function removeFiles(stage: Stage, id: string): Outcome {
  const volume = stage.world.volumes.find((item) => item.id === id);
  const user = stage.world.containers.find(({ spec }) => spec.mounts.some((mount) => mount.volume === volume?.name));
  if (user !== undefined) {
    const detail = `files volume ${volume?.name} is still used by ${user.name}; it is removed when that is replaced`;
    return { kind: 'failed', failure: { kind: 'conflict', detail } };
  }
  return removeObject(stage, stage.world.volumes, id);
}

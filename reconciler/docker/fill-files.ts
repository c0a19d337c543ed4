import type { FileEntry, FilesUnit } from '../model/desired.ts';
import type { Outcome } from '../model/record.ts';
import type { ActContext } from '../ports/engine.ts';
import { listContainers } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { WorldError } from './failure.ts';
import { fillVolume } from './fill-volume.ts';
import { LABEL } from './labels.ts';
import { createVolume } from './networks-and-volumes.ts';
import type { TarFile } from './tar.ts';

/**
 * Makes and fills the volume of a files unit. A volume cannot be marked as complete after it is made, so completeness
 * is known by proof in this process (`verified`) or because a container that we made only after the proof mounts it;
 * any other is filled anew, which harms no one since nothing reads it.
 */
export async function fillFiles(
  docker: DockerContext,
  step: Step,
  unit: FilesUnit,
  context: ActContext,
  verified: Set<string>,
): Promise<Outcome> {
  await createVolume(docker, step, unit);
  if (await isMounted(docker, step, unit.name)) return { kind: 'done', liveId: unit.name, detail: 'in use already' };
  step.progress(`filling ${unit.directory} of ${unit.service}`);
  verified.delete(unit.name);
  await fillVolume(docker, step, { volume: unit.name, files: await contents(unit, context), rootMode: 0o755 });
  verified.add(unit.name);
  return { kind: 'done', liveId: unit.name };
}

async function isMounted(docker: DockerContext, step: Step, volume: string): Promise<boolean> {
  const users = await listContainers(docker.connection, { volume: [volume] }, step.signal);
  return users.some((container) => container.Labels?.[LABEL.filler] === undefined);
}

async function contents(unit: FilesUnit, context: ActContext): Promise<readonly TarFile[]> {
  const files: TarFile[] = [];
  for (const { path, source, mode, uid, gid } of unit.files)
    files.push({ path, mode, uid, gid, content: await contentOf(source, context) });
  return files;
}

async function contentOf(source: FileEntry['source'], context: ActContext): Promise<Buffer> {
  if (source.kind === 'text') return Buffer.from(source.text, 'utf8');
  const read = await context.secret(source.secret);
  if (!read.ok) throw new WorldError(read.failure);
  return Buffer.from(read.value.reveal(), 'utf8');
}

import { inspectContainer, removeContainer } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { fillerName } from './filler.ts';
import { assertOurs } from './slots.ts';

/** Removes the filler of a volume that an interrupted run left; it would keep the volume in use. None is fine. */
export async function removeFiller(docker: DockerContext, step: Step, volume: string): Promise<void> {
  const left = await inspectContainer(docker.connection, fillerName(volume), step.signal);
  if (left === undefined) return;
  assertOurs(left, step.scope);
  await removeContainer(docker.connection, left.Id, step.signal, { anonymousVolumes: true });
}

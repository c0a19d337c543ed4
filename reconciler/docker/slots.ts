import type { Scope } from '../ports/engine.ts';
import { inspectContainer } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import type { InspectedContainer } from './engine-json.ts';
import { WorldError } from './failure.ts';
import { isOurs, LABEL, ownerOf } from './labels.ts';

/**
 * The containers of one unit. `main` bears the name. During a replacement `next` is made beside it, and the names change
 * in this order: main → `.old`, next → main, `.old` removed. So whoever finds
 * main and old: the new one passed its gate, old can go;
 * old without main: the replacement was interrupted, old is the one to fall back on;
 * next beside main: nothing was taken over yet, or only the network names were.
 */
export interface Slots {
  readonly main?: InspectedContainer;
  readonly next?: InspectedContainer;
  readonly old?: InspectedContainer;
}

export const nextName = (name: string): string => `${name}.next`;
export const oldName = (name: string): string => `${name}.old`;

/** Throws `conflict` when a name belongs to a container that is not ours; such a one is never touched. */
export async function readSlots(docker: DockerContext, step: Step, name: string): Promise<Slots> {
  const [main, next, old] = await Promise.all([
    ourContainer(docker, step, name),
    ourContainer(docker, step, nextName(name)),
    ourContainer(docker, step, oldName(name)),
  ]);
  return { ...(main && { main }), ...(next && { next }), ...(old && { old }) };
}

async function ourContainer(docker: DockerContext, step: Step, name: string): Promise<InspectedContainer | undefined> {
  const found = await inspectContainer(docker.connection, name, step.signal);
  if (found !== undefined) assertOurs(found, step.scope);
  return found;
}

export function assertOurs(container: InspectedContainer, scope: Scope): void {
  if (isOurs(container.Config.Labels, scope)) return;
  const name = container.Name.slice(1);
  const detail = `a container named ${name} is there already and belongs to ${ownerOf(container.Config.Labels)}: remove or rename it`;
  throw new WorldError({ kind: 'conflict', detail });
}

export const digestOf = (container: InspectedContainer): string => container.Config.Labels?.[LABEL.digest] ?? '';
export const isRunning = (container: InspectedContainer): boolean =>
  container.State.Running === true && container.State.Paused !== true;

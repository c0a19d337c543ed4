import type { ContainerUnit } from '../model/desired.ts';
import { inspectContainer, listContainers } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import type { ListedContainer } from './engine-json.ts';
import { explainExit } from './explain-exit.ts';
import { plain, rejected, WorldError } from './failure.ts';
import { refusalOf } from './refusal.ts';

/**
 * Says why a container of `unit` did not start: who holds its port, which command does not exist. Engines differ in
 * status codes and texts, so the container is looked at again; failures of the connection stay as they are.
 */
export async function startFailure(
  docker: DockerContext,
  step: Step,
  unit: ContainerUnit,
  id: string,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof WorldError) || error.status === undefined) return error;
  if (/port is already allocated|address already in use/i.test(error.message))
    return refused((await portHolder(docker, step, unit, [id])) ?? unknownHolder(unit), error.status);
  const known = refusalOf(docker.host, unit, error.message);
  if (known !== undefined) return known;
  const container = await inspectContainer(docker.connection, id, step.signal);
  const code = container?.State.ExitCode;
  if (container !== undefined && (code === 126 || code === 127))
    return rejected(`${unit.name} ${explainExit(container)}`);
  return rejected(`${unit.name} did not start: ${plain(error.message)}`);
}

/** Keeps the engine's status: it refused the start, and no program of the container ran. */
function refused({ failure }: WorldError, status: number): WorldError {
  return new WorldError(failure, status);
}

/** The refusal to give when a running container other than `except` publishes a port of the unit. */
export async function portHolder(
  docker: DockerContext,
  step: Step,
  unit: ContainerUnit,
  except: readonly string[],
): Promise<WorldError | undefined> {
  for (const port of unit.spec.ports) {
    const running = await listContainers(
      docker.connection,
      { status: ['running', 'paused'], publish: [`${port.hostPort}/${port.protocol}`] },
      step.signal,
    );
    const holder = running.find(
      (container) => !except.includes(container.Id) && publishes(container, port.hostPort, port.protocol),
    );
    if (holder === undefined) continue;
    const name = (holder.Names?.[0] ?? holder.Id.slice(0, 12)).replace(/^\//, '');
    return rejected(
      `port ${port.hostPort}/${port.protocol} of host ${docker.host} is taken by container ${plain(name)}: stop it or choose another port`,
    );
  }
  return undefined;
}

function publishes(container: ListedContainer, port: number, protocol: string): boolean {
  return (container.Ports ?? []).some((binding) => binding.PublicPort === port && binding.Type === protocol);
}

function unknownHolder(unit: ContainerUnit): WorldError {
  const ports = unit.spec.ports.map((port) => `${port.hostPort}/${port.protocol}`).join(', ');
  return rejected(
    `a port of ${unit.name} (${ports}) is taken by a program on the host: stop it (ss -ltnp shows which) or choose another port`,
  );
}

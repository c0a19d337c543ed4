import type { ContainerUnit } from '../model/desired.ts';
import type { ActContext } from '../ports/engine.ts';
import { containerBody } from './container-body.ts';
import { connectNetwork, networkIds, removeContainer } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { hasStatus, rejected, WorldError } from './failure.ts';
import { volumeNamed } from './networks-and-volumes.ts';
import { refusalOf } from './refusal.ts';
import { nextName } from './slots.ts';

export interface CreateRequest {
  readonly unit: ContainerUnit;
  /** False: without its network aliases, so that no client finds it yet. */
  readonly announced: boolean;
  readonly secret: ActContext['secret'];
}

export interface Created {
  readonly id: string;
  /** Values of secrets that it holds in its environment, for redaction. */
  readonly secrets: readonly string[];
}

/** Makes `<name>.next`, connected to all its networks, not started. Leaves nothing behind when that fails. */
export async function createNext(docker: DockerContext, step: Step, request: CreateRequest): Promise<Created> {
  const { unit, announced } = request;
  await assertVolumes(docker, step, unit);
  const networks = await networkIds(docker.connection, Object.keys(unit.spec.networks), step.signal);
  const secrets = await secretValues(request);
  const body = containerBody({ unit, scope: step.scope, secrets, announced });
  const id = await create(docker, step, unit, body);
  try {
    for (const [name, aliases] of Object.entries(unit.spec.networks).slice(1)) {
      const call = { network: networks[name] ?? name, container: id, aliases: announced ? aliases : [] };
      await connectNetwork(docker.connection, call, step.signal);
    }
  } catch (error) {
    if (error instanceof WorldError && error.failure.kind !== 'unreachable')
      await removeContainer(docker.connection, id, AbortSignal.timeout(30_000));
    throw error;
  }
  return { id, secrets: Object.values(secrets) };
}

/** The engine would make a missing volume in silence, and the program would find its data gone. */
async function assertVolumes(
  docker: DockerContext,
  step: Step,
  { name, externalVolumes = [] }: ContainerUnit,
): Promise<void> {
  for (const volume of externalVolumes) {
    if ((await volumeNamed(docker, step, volume)) !== undefined) continue;
    throw rejected(
      `${name} mounts volume ${volume}, which is not there; AutoGit never makes a volume that is \`external\`: run docker volume create ${volume} on host ${docker.host}, or correct the name`,
    );
  }
}

/** The values that its environment holds, by secret id. Throws `WorldError` when one cannot be read. */
export async function secretValues({
  unit,
  secret,
}: Pick<CreateRequest, 'unit' | 'secret'>): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {};
  for (const value of Object.values(unit.spec.environment)) {
    if (typeof value === 'string' || value.secret in values) continue;
    const read = await secret(value.secret);
    if (!read.ok) throw new WorldError(read.failure);
    values[value.secret] = read.value.reveal();
  }
  return values;
}

async function create(
  docker: DockerContext,
  step: Step,
  unit: ContainerUnit,
  body: Readonly<Record<string, unknown>>,
): Promise<string> {
  try {
    const query = { name: nextName(unit.name) };
    const made = (await docker.connection.call('createContainer', {
      query,
      body,
      signal: step.signal,
      timeoutMs: 60_000,
    })) as { readonly Id: string; readonly Warnings?: readonly string[] | null };
    for (const warning of made.Warnings ?? []) docker.log.warn('docker.create.warning', { unit: unit.id, warning });
    return made.Id;
  } catch (error) {
    if (hasStatus(error, 404) && error instanceof WorldError && /image/i.test(error.message)) {
      throw rejected(`image ${unit.spec.image} is not on the engine; the next cycle pulls it`);
    }
    throw error instanceof WorldError ? (refusalOf(docker.host, unit, error.message) ?? error) : error;
  }
}

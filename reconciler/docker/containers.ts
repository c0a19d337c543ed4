import type { Connection } from './connection.ts';
import type { InspectedContainer, InspectedImage, ListedContainer, ListedNetwork } from './engine-json.ts';
import { hasStatus, rejected } from './failure.ts';

/** The engine's calls on containers, images and networks that more than one part of this folder needs. */

/** Undefined when there is none. A name never matches by prefix. */
export async function inspectContainer(
  connection: Connection,
  idOrName: string,
  signal: AbortSignal,
): Promise<InspectedContainer | undefined> {
  const found = (await orGone(connection.call('inspectContainer', { id: idOrName, signal }))) as
    | InspectedContainer
    | undefined;
  return found !== undefined && (found.Id === idOrName || found.Name === `/${idOrName}`) ? found : undefined;
}

export async function inspectImage(
  connection: Connection,
  image: string,
  signal: AbortSignal,
): Promise<InspectedImage | undefined> {
  return (await orGone(connection.call('inspectImage', { id: image, signal }))) as InspectedImage | undefined;
}

export async function listContainers(
  connection: Connection,
  filters: Readonly<Record<string, readonly string[]>>,
  signal: AbortSignal,
): Promise<readonly ListedContainer[]> {
  const query = { all: true, filters: JSON.stringify(filters) };
  return (await connection.call('listContainers', { query, signal })) as readonly ListedContainer[];
}

export async function listNetworks(
  connection: Connection,
  filters: Readonly<Record<string, readonly string[]>>,
  signal: AbortSignal,
): Promise<readonly ListedNetwork[]> {
  return (await connection.call('listNetworks', {
    query: { filters: JSON.stringify(filters) },
    signal,
  })) as readonly ListedNetwork[];
}

/** Starts it; running already is fine. */
export async function startContainer(connection: Connection, id: string, signal: AbortSignal): Promise<void> {
  await connection.call('startContainer', { id, signal, timeoutMs: 60_000 });
}

/** Stops it within its own grace period; stopped or gone already is fine. */
export async function stopContainer(
  connection: Connection,
  container: InspectedContainer,
  signal: AbortSignal,
): Promise<void> {
  const graceMs = (container.Config.StopTimeout ?? 10) * 1000;
  await orGone(connection.call('stopContainer', { id: container.Id, signal, timeoutMs: graceMs + 30_000 }));
}

/**
 * Removes it by id, running or not; gone already is fine. Named volumes stay, and those that the engine made for the
 * image too unless `anonymousVolumes`: they may be the only copy of someone's data.
 */
export async function removeContainer(
  connection: Connection,
  id: string,
  signal: AbortSignal,
  options: { readonly anonymousVolumes?: boolean } = {},
): Promise<void> {
  const query = { force: true, v: options.anonymousVolumes ?? false };
  try {
    await orGone(connection.call('removeContainer', { id, query, signal, timeoutMs: 60_000 }));
  } catch (error) {
    // Someone else removes it at this moment, or the engine lost count: what counts is whether it is still there.
    if (!hasStatus(error, 409, 500)) throw error;
    if (await inspectContainer(connection, id, signal)) throw error;
  }
}

/** Gives it the name; it may have it already. */
export async function renameContainer(
  connection: Connection,
  id: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await connection.call('renameContainer', { id, query: { name }, signal });
  } catch (error) {
    if (!hasStatus(error, 400, 409, 500)) throw error;
    if ((await inspectContainer(connection, id, signal))?.Name !== `/${name}`) throw error;
  }
}

/** Connects it; connected already with the same aliases is fine, with others it is connected anew. */
export async function connectNetwork(
  connection: Connection,
  request: { readonly network: string; readonly container: string; readonly aliases: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const call = {
    id: request.network,
    body: { Container: request.container, EndpointConfig: { Aliases: request.aliases } },
    signal,
  };
  try {
    await connection.call('connectNetwork', call);
  } catch (error) {
    if (!hasStatus(error, 403, 409, 500)) throw error;
    // Attached already, perhaps without its aliases or to a network of that name that is gone.
    await disconnectNetwork(connection, request.network, request.container, signal);
    await connection.call('connectNetwork', call);
  }
}

/** Disconnects it; not connected already is fine. */
export async function disconnectNetwork(
  connection: Connection,
  network: string,
  container: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await connection.call('disconnectNetwork', { id: network, body: { Container: container, Force: true }, signal });
  } catch (error) {
    if (!hasStatus(error, 403, 404, 409, 500)) throw error;
    const attached = (await inspectContainer(connection, container, signal))?.NetworkSettings?.Networks ?? {};
    if (Object.values(attached).some((endpoint) => endpoint.NetworkID === network)) throw error;
  }
}

/** Network name → id, of those that are there under exactly these names. */
export async function networkIds(
  connection: Connection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  if (names.length === 0) return {};
  const found = (await listNetworks(connection, { name: names }, signal)).filter((network) =>
    names.includes(network.Name),
  );
  for (const name of names) {
    const count = found.filter((network) => network.Name === name).length;
    if (count === 0)
      throw rejected(`network ${name} is not there; it is made by the same plan, so the next cycle tries again`);
    if (count > 1)
      throw rejected(
        `${count} networks are named ${name}: remove the one that AutoGit did not make (docker network ls)`,
      );
  }
  return Object.fromEntries(found.map((network) => [network.Name, network.Id]));
}

async function orGone(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

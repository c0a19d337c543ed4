import type { OneShot } from '../ports/container-host.ts';
import type { Connection } from './connection.ts';
import { connectNetwork, inspectContainer, removeContainer } from './containers.ts';
import type { InspectedContainer } from './engine-json.ts';
import { rejected } from './failure.ts';
import { framedLines } from './streams.ts';

/**
 * Runs something beside a container that is there, and waits for its end. It gets that container's volumes by their names,
 * so files of secrets and configs are in it without being read here. Throws `WorldError`.
 */
export async function runOneShot(connection: Connection, shot: OneShot, signal: AbortSignal): Promise<number> {
  const like = await inspectContainer(connection, shot.beside, signal);
  if (like === undefined) throw rejected(`there is no container ${shot.beside} at ${connection.place}`);
  const left = await inspectContainer(connection, shot.name, signal);
  if (left !== undefined) await removeContainer(connection, left.Id, signal, { anonymousVolumes: true });
  const body = bodyOf(like, shot);
  const made = (await connection.call('createContainer', {
    query: { name: shot.name },
    body,
    signal,
    timeoutMs: 60_000,
  })) as { readonly Id: string };
  try {
    for (const network of networksOf(like).slice(1))
      await connectNetwork(connection, { network, container: made.Id, aliases: [] }, signal);
    return await run(connection, made.Id, shot, signal);
  } finally {
    await removeContainer(connection, made.Id, AbortSignal.timeout(60_000), { anonymousVolumes: true });
  }
}

async function run(connection: Connection, id: string, shot: OneShot, signal: AbortSignal): Promise<number> {
  // Attached before it starts, so that nothing is missed whatever becomes of its log.
  const stream = await connection.attach(id, signal);
  const cut = (): void => void stream.destroy();
  signal.addEventListener('abort', cut, { once: true });
  try {
    await connection.call('startContainer', { id, signal, timeoutMs: 60_000 });
    for await (const { stream: name, line } of framedLines(stream, connection.place)) shot.say(line, name);
    return await exitCodeOf(connection, id, signal);
  } finally {
    signal.removeEventListener('abort', cut);
    stream.destroy();
  }
}

/** Its streams are closed a moment before the engine knows that it has ended. */
async function exitCodeOf(connection: Connection, id: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    const found = await inspectContainer(connection, id, signal);
    if (found === undefined) throw rejected('it was removed by somebody else while it ran');
    if (found.State.Status === 'exited' || found.State.Status === 'dead') return found.State.ExitCode ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function networksOf({ HostConfig: { NetworkMode: first = 'none' }, NetworkSettings: settings }: InspectedContainer) {
  const names = Object.keys(settings?.Networks ?? {});
  return names.includes(first) ? [first, ...names.filter((name) => name !== first)] : [first];
}

function bodyOf(like: InspectedContainer, shot: OneShot): Readonly<Record<string, unknown>> {
  const { Config: config, HostConfig: host } = like;
  return {
    Image: like.Image,
    Entrypoint: shot.entrypoint,
    Cmd: shot.args,
    Env: config.Env ?? [],
    User: shot.user ?? config.User ?? '',
    // The engine gives an open standard input to the attached stream; nothing is ever sent.
    OpenStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: networksOf(like)[0],
      VolumesFrom: [like.Id],
      Mounts: (shot.mounts ?? []).map(({ volume, path }) => ({
        Type: volume.startsWith('/') ? 'bind' : 'volume',
        Source: volume,
        Target: path,
        ...(volume.startsWith('/') ? {} : { VolumeOptions: { NoCopy: true } }),
      })),
      Tmpfs: host.Tmpfs ?? {},
      ExtraHosts: host.ExtraHosts ?? [],
      NanoCpus: host.NanoCpus ?? 0,
      Memory: host.Memory ?? 0,
      PidsLimit: host.PidsLimit ?? 0,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: shot.capabilities ?? host.CapAdd ?? [],
      SecurityOpt: ['no-new-privileges:true'],
      Init: true,
      LogConfig: { Type: 'none' },
    },
  };
}

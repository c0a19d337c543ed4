import type { MemoryWorld } from '../../reconciler/memory/world.ts';

/** What a host runs, without live ids and times: two worlds with the same text are the same for a user. */
export function worldText(world: MemoryWorld): string {
  const containers = world.containers.map(({ name, digest, state, networks }) => {
    const attached = world.networks.filter(({ id }) => networks.includes(id)).map((network) => network.name);
    return `container ${name} ${digest.slice(0, 8)} ${state} on ${attached.sort().join(',')}`;
  });
  const networks = world.networks.map(({ name, deployment }) => `network ${name} ${deployment}`);
  const volumes = world.volumes.map(
    ({ name, files, content }) => `volume ${name}${files ? ` with ${content?.length ?? 0} files` : ''}`,
  );
  return [...containers, ...networks, ...volumes].sort().join('\n');
}

import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { isRole } from '../model/roles.ts';
import { repeated } from './repeated.ts';

/** Ids that two parts would share: they name containers, volumes and files. */
export function checkIds(platform: Platform): readonly Finding[] {
  return [...reservedIds(platform), ...sharedIds(platform)];
}

/** A service may not bear the name of a role, even of one that is not in the file: it will be one day. */
function reservedIds({ workloads }: Platform): readonly Finding[] {
  return workloads.flatMap(({ id, component, origin }) => {
    if (component !== 'service' || !isRole(id)) return [];
    return [
      {
        code: 'AG406',
        pointer: origin,
        at: 'key' as const,
        message: `'${id}' is the name of a role, so no service may bear it`,
        hint: `give the service another name, or write \`${id}:\` at the top of the file`,
      },
    ];
  });
}

function sharedIds({ workloads, volumes, configs }: Platform): readonly Finding[] {
  const services = [...workloads].sort((a, b) => Number(isService(a)) - Number(isService(b)));
  const shared = [
    ...repeated(
      services.filter((workload) => !(isService(workload) && isRole(workload.id))),
      ({ id }) => id,
    ).map((pair) => ({ ...pair, what: 'container' })),
    ...repeated(volumes, ({ id }) => id).map((pair) => ({ ...pair, what: 'volume' })),
    // With one id two files are one entry of a Compose project, and a container gets the other's.
    ...repeated(configs, ({ id }) => id).map((pair) => ({ ...pair, what: 'config file' })),
  ];
  return shared.map(({ node, first, what }) => ({
    code: 'AG406',
    pointer: node.origin,
    at: 'key',
    message: `two ${what}s would be called '${node.id}'`,
    hint:
      what === 'config file'
        ? 'rename one of the two; a dot, an underscore and a dash are the same in such a name, and so are a and A'
        : 'rename one of the two',
    related: [{ pointer: first.origin, at: 'key', message: `the other ${what} '${first.id}' comes from here` }],
  }));
}

function isService(workload: Workload): boolean {
  return workload.component === 'service' && workload.origin === pointerTo('/services', workload.id);
}

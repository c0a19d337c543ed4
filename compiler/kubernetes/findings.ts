import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { identityOf } from './check.ts';
import type { Placed } from './objects.ts';

/** Objects that two places of the file would give one name, which the second would overwrite. */
export function sharedNames(placed: readonly Placed[]): readonly Finding[] {
  const owners = new Map<string, Placed>();
  return placed.flatMap((entry) => {
    const identity = identityOf(entry.object);
    const owner = owners.get(identity);
    owners.set(identity, owner ?? entry);
    if (owner === undefined) return [];
    return [
      {
        code: 'AG504',
        pointer: entry.origin,
        message: `two objects would be called ${identity}`,
        hint: 'rename one of the services',
        related: [{ pointer: owner.origin, message: 'the other one comes from here' }],
      },
    ];
  });
}

/** What Kubernetes objects cannot say, one finding for each place in the file. Accepted codes are left out. */
export function findingsOf(platform: Platform): readonly Finding[] {
  return platform.workloads
    .flatMap((workload) => [...publishedAddresses(workload), ...stopSignals(workload)])
    .filter(({ code }) => platform.accept[code] === undefined);
}

function publishedAddresses(workload: Workload): readonly Finding[] {
  return workload.ports.flatMap(({ name, publish, origin }) => {
    if (publish?.address === undefined) return [];
    return [
      {
        code: 'AG505',
        pointer: origin,
        message: `port '${name}' of '${workload.id}' is published on ${publish.address}, but a load balancer's address is the cluster's choice`,
        hint: 'leave the address out for Kubernetes, or accept AG505 with a reason',
      },
    ];
  });
}

/** Kubernetes sends the signal of the image; only a file that sets another one loses something. */
function stopSignals(workload: Workload): readonly Finding[] {
  if (workload.stopSignal === undefined || workload.component !== 'service') return [];
  return [
    {
      code: 'AG506',
      pointer: `${workload.origin}/stop/signal`,
      message: `'${workload.id}' asks to be stopped with ${workload.stopSignal}, but Kubernetes sends the STOPSIGNAL of its image`,
      hint: 'set STOPSIGNAL in the image, or accept AG506 with a reason',
    },
  ];
}

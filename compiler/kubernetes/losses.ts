import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { machineLosses } from './machine-losses.ts';
import { routeLosses } from './route-losses.ts';
import { isLaxer, obstacles } from './security.ts';
import { volumeLosses } from './volume-losses.ts';
import { portAwaited } from './wait.ts';

/**
 * What Kubernetes objects cannot say, one finding for each place in the file. Accepted codes are left out. `seenBy` gives
 * the platform as one workload sees it.
 */
export function lossesOf(platform: Platform, seenBy: (workload: Workload) => Platform): readonly Finding[] {
  return allLosses(platform, seenBy).filter(({ code }) => platform.accept[code] === undefined);
}

/** Codes of losses that are there and accepted. */
export function acceptedLosses(platform: Platform, seenBy: (workload: Workload) => Platform): readonly string[] {
  if (Object.keys(platform.accept).length === 0) return [];
  return allLosses(platform, seenBy).flatMap(({ code }) => (platform.accept[code] === undefined ? [] : [code]));
}

function allLosses(platform: Platform, seenBy: (workload: Workload) => Platform): readonly Finding[] {
  const rules = [
    publishedAddresses,
    serviceNames,
    stopSignals,
    machineLosses,
    volumeLosses,
    securityLosses,
    waitLosses,
  ];
  const ofWorkloads = platform.workloads.flatMap((workload) => {
    const seen = seenBy(workload);
    return rules.flatMap((rule) => rule(seen, workload));
  });
  return [...ofWorkloads, ...routeLosses(platform)];
}

function publishedAddresses(_: Platform, workload: Workload): readonly Finding[] {
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

/**
 * A further name is a Service of that name, which has to begin with a letter (RFC 1035) wherever the API server does not
 * have RelaxedServiceNameValidation, which Kubernetes 1.34 brought.
 */
function serviceNames(_: Platform, { id, origin, ports, aliases = [] }: Workload): readonly Finding[] {
  return aliases
    .filter((alias) => ports.length > 0 && /^[0-9]/.test(alias))
    .map((alias) => ({
      code: 'AG540',
      pointer: pointerTo(origin, 'aliases'),
      message: `'${id}' is also to be called '${alias}', but the name of a Service begins with a letter`,
      hint: 'give it an alias that begins with a letter, or accept AG540 with a reason: a newer cluster allows it',
    }));
}

/** Kubernetes sends the signal of the image; only a file that sets another one loses something. */
function stopSignals(_: Platform, workload: Workload): readonly Finding[] {
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

/** Each reason for which the level of the file would refuse the pods. */
function securityLosses(platform: Platform, workload: Workload): readonly Finding[] {
  const level = platform.cluster.podSecurity;
  if (level === undefined) return [];
  return obstacles(platform, workload)
    .filter((obstacle) => isLaxer(obstacle.level, level))
    .map(({ key, reason, remedy }) => ({
      code: 'AG525',
      pointer: key === undefined ? workload.origin : pointerTo(workload.origin, key),
      ...(key === undefined ? { at: 'key' as const } : {}),
      message: `'${workload.id}' ${reason}, which the Pod Security level ${level} forbids`,
      // Of a component the file does not say it, so there is nothing to mend in it.
      hint: `${workload.component === 'service' ? `${remedy}, or ` : ''}accept AG525 with a reason: the namespace then enforces no more than every pod meets`,
      related: [{ pointer: '/cluster/podSecurity', message: 'the level is set here' }],
    }));
}

/** A service that tells by a command alone that it is healthy gives others no sign. */
function waitLosses(platform: Platform, workload: Workload): readonly Finding[] {
  return workload.needs.flatMap((need) => {
    const to = platform.workloads.find(({ id }) => id === need.workload);
    const waits = need.condition === 'healthy' && to?.component === 'service' && to.job === undefined;
    if (!waits || portAwaited(platform, workload, need) !== undefined) return [];
    return [
      {
        code: 'AG528',
        pointer: need.origin,
        message: `'${workload.id}' waits until '${to.id}' is healthy, but '${to.id}' has no TCP port that would tell`,
        hint: `give '${to.id}' a port that opens when it is ready, let '${workload.id}' try again until it is there, or accept AG528 with a reason`,
      },
    ];
  });
}

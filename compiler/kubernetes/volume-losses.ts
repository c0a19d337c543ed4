import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Volume, Workload } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { runsSeveral } from './replicas.ts';
import { claimsOf, hasTemplates, volumesOf } from './volumes.ts';

/** RFC 1123 subdomain: what a claim may be called. */
const claimName = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Volumes that are something else on a cluster of several nodes than on one host. */
export function volumeLosses(platform: Platform, workload: Workload): readonly Finding[] {
  return [
    ...volumesOf(platform, workload).flatMap((volume) => [...folder(workload, volume), ...externalName(volume)]),
    ...copies(platform, workload),
  ];
}

function folder({ id }: Workload, { hostPath, origin }: Volume): readonly Finding[] {
  if (hostPath === undefined) return [];
  return [
    {
      code: 'AG523',
      pointer: origin,
      message: `'${id}' mounts ${hostPath}, which is another folder on every node that its pod may come to`,
      hint: 'use a claim (`external`) in place of `hostPath`, or accept AG523 with a reason: one node, or the same folder on all',
    },
  ];
}

function externalName({ external, origin }: Volume): readonly Finding[] {
  if (external === undefined || claimName.test(external)) return [];
  return [
    {
      code: 'AG529',
      pointer: pointerTo(origin, 'external'),
      message: `no claim can be called '${external}'`,
      hint: 'a name has lower-case letters, digits, dashes and dots',
    },
  ];
}

function copies(platform: Platform, workload: Workload): readonly Finding[] {
  const claims = claimsOf(platform, workload);
  if (!runsSeveral(workload) || claims.length === 0) return [];
  const { id, origin, replicas } = workload;
  const apart = hasTemplates(workload);
  return [
    {
      code: 'AG527',
      pointer: pointerTo(origin, 'replicas'),
      message: apart
        ? `each of the ${replicas} copies of '${id}' gets volumes of its own, and a request reaches any of them`
        : `the ${replicas} copies of '${id}' share a volume that one node alone can mount`,
      hint: apart
        ? 'run one copy, keep the data in a database, or accept AG527 with a reason: the copies keep their data in step'
        : 'name a claim that several nodes mount (`external`), or accept AG527 with a reason: there is one node',
      related: claims.map((volume) => ({ pointer: volume.origin, message: 'this volume' })),
    },
  ];
}

import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform } from '../model/platform.ts';
import { checkAddresses } from './addresses.ts';
import { checkCapacity } from './capacity.ts';
import { checkCluster } from './cluster.ts';
import { checkClusterGpus } from './cluster-gpus.ts';
import { checkContainers } from './containers.ts';
import { checkCycles } from './cycles.ts';
import { checkExposure } from './exposure.ts';
import { checkGpus } from './gpus.ts';
import { checkIds } from './ids.ts';
import { checkJobs } from './jobs.ts';
import { checkMemory } from './memory.ts';
import { checkMounts } from './mounts.ts';
import { checkNames } from './names.ts';
import { checkNeeds } from './needs.ts';
import { checkPoolMemory } from './pool-memory.ts';
import { checkPools } from './pools.ts';
import { checkSchedules } from './schedules.ts';
import { checkSecrets } from './secrets.ts';
import { checkUnfilled } from './unfilled.ts';

/** What is right in every part and wrong as a whole, whatever the target. Pure; the order is not yet that of the file. */
export function check(platform: Platform): readonly Finding[] {
  return [
    checkIds,
    checkNames,
    checkCycles,
    checkJobs,
    checkNeeds,
    checkSchedules,
    checkAddresses,
    checkMounts,
    checkPools,
    checkContainers,
    checkCluster,
    checkPoolMemory,
    checkMemory,
    checkCapacity,
    checkGpus,
    checkClusterGpus,
    checkSecrets,
    checkUnfilled,
    checkExposure,
  ].flatMap((rule) => rule(platform));
}

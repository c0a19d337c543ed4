import type { Finding } from '../../schema/diagnostic.ts';
import { pinnedImage } from '../model/image-reference.ts';
import type { Lock } from '../model/lock.ts';
import type { ClusterGpus, Platform } from '../model/platform.ts';
import { jobWaitImage, waitImage } from '../model/wait-image.ts';
import { architectureFindings } from './architectures.ts';
import { imagesOf } from './images.ts';
import { patchesWithImages } from './patched-images.ts';

export interface Pinned {
  readonly platform: Platform;
  /** Images that the lock does not have, and architectures that a locked image does not have. */
  readonly findings: readonly Finding[];
}

/**
 * The platform with the digest of the lock at every image: `nginx:1` becomes `nginx:1@sha256:…`, so that all hosts run
 * the same bytes, and again tomorrow.
 * @param file name of the lock, for messages
 */
export function pin(platform: Platform, lock: Lock, file: string): Pinned {
  const pinned = (image: string): string => {
    const locked = lock.images[image];
    return locked?.kind === 'pinned' ? pinnedImage(image, locked.digest) : image;
  };
  const pinnedGpus = (gpus: ClusterGpus): ClusterGpus =>
    gpus.image === undefined ? gpus : { ...gpus, image: pinned(gpus.image) };
  const missing = imagesOf(platform)
    .filter(({ image }) => lock.images[image] === undefined)
    .map(
      ({ image, pointer }): Finding => ({
        code: 'AG421',
        pointer,
        message: `image ${image} is not in ${file}`,
        hint: 'run `autogit lock update`, look at what changed in the lock, and commit both files',
      }),
    );
  return {
    platform: {
      ...platform,
      cluster: {
        ...platform.cluster,
        waitImage: pinned(platform.cluster.waitImage ?? waitImage),
        jobWaitImage: pinned(platform.cluster.jobWaitImage ?? jobWaitImage),
        ...(platform.cluster.gpus === undefined ? {} : { gpus: platform.cluster.gpus.map(pinnedGpus) }),
      },
      workloads: platform.workloads.map((workload) => ({ ...workload, image: pinned(workload.image) })),
      pools: platform.pools.map((pool) => ({ ...pool, image: pinned(pool.image) })),
      ...(platform.patches === undefined ? {} : { patches: patchesWithImages(platform, pinned) }),
    },
    findings: [...missing, ...architectureFindings(platform, lock)],
  };
}

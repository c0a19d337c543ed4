import type { Pointer } from '../../schema/diagnostic.ts';
import type { Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { hasJobWaits, hasWaits, jobWaitImage, waitImage } from '../model/wait-image.ts';
import { patchesWithImages } from './patched-images.ts';

/** An image that a target names, and where the file asks for it. */
export interface ImageUse {
  readonly image: string;
  readonly pointer: Pointer;
}

/** Every image that the rendered files of a platform, or the runners of its pools, would be pulled from. */
export function imagesOf(platform: Platform): readonly ImageUse[] {
  const { cluster } = platform;
  const used = (has: boolean, image: string) =>
    platform.target === 'kubernetes' && has ? [{ image, pointer: '/target' }] : [];
  return [
    ...platform.workloads.map(({ image, origin }) => ({ image, pointer: pointerTo(origin, 'image') })),
    ...pooled(platform),
    ...used(hasWaits(platform), cluster.waitImage ?? waitImage),
    ...used(hasJobWaits(platform), cluster.jobWaitImage ?? jobWaitImage),
    ...(platform.target === 'kubernetes' ? plugins(cluster) : []),
    ...patched(platform),
  ];
}

function plugins({ gpus = [] }: Platform['cluster']): readonly ImageUse[] {
  return gpus.flatMap(({ image, origin }) =>
    image === undefined ? [] : [{ image, pointer: pointerTo(origin, 'image') }],
  );
}

function patched(platform: Platform): readonly ImageUse[] {
  const found: ImageUse[] = [];
  patchesWithImages(platform, (image, pointer, asked) => {
    if (asked) found.push({ image, pointer });
    return image;
  });
  return found;
}

/** A pool whose hosts all run plain processes pulls nothing. */
function pooled({ pools, hosts }: Platform): readonly ImageUse[] {
  const engines = new Set(hosts.flatMap(({ id, engine }) => (engine.kind === 'docker' ? [id] : [])));
  return pools
    .filter((pool) => pool.image !== '' && pool.hosts.some((host) => engines.has(host)))
    .map(({ image, origin }) => ({ image, pointer: pointerTo(origin, 'image') }));
}

import type { Finding } from '../../schema/diagnostic.ts';
import type { Lock } from '../model/lock.ts';
import { compareText } from '../model/order.ts';
import { pointerTo } from '../model/pointer.ts';

/** Entries of a lock that nothing in the file asks for; pointers are into the lock. */
export function staleEntries(lock: Lock, images: readonly string[]): readonly Finding[] {
  const used = new Set(images);
  return Object.keys(lock.images)
    .filter((image) => !used.has(image))
    .sort(compareText)
    .map((image) => ({
      code: 'AG424',
      pointer: pointerTo('/images', image),
      at: 'key',
      message: `nothing uses image ${image} any more`,
      hint: 'run `autogit lock update`, which removes it',
    }));
}

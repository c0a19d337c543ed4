import type { Lock, LockedImage } from '../model/lock.ts';
import { compareText } from '../model/order.ts';

/** How one image differs between two locks. */
export type LockChange =
  | { readonly kind: 'added'; readonly image: string; readonly now: LockedImage }
  | { readonly kind: 'removed'; readonly image: string; readonly before: LockedImage }
  | { readonly kind: 'changed'; readonly image: string; readonly before: LockedImage; readonly now: LockedImage };

/** What `now` says otherwise than `before`, sorted by image. */
export function lockChanges(before: Lock, now: Lock): readonly LockChange[] {
  const names = [...new Set([...Object.keys(before.images), ...Object.keys(now.images)])].sort(compareText);
  return names.flatMap((image): readonly LockChange[] => {
    const old = before.images[image];
    const fresh = now.images[image];
    if (old === undefined) return fresh === undefined ? [] : [{ kind: 'added', image, now: fresh }];
    if (fresh === undefined) return [{ kind: 'removed', image, before: old }];
    return isSame(old, fresh) ? [] : [{ kind: 'changed', image, before: old, now: fresh }];
  });
}

function isSame(a: LockedImage, b: LockedImage): boolean {
  if (a.kind !== 'pinned' || b.kind !== 'pinned') return a.kind === b.kind;
  const names = new Set([...Object.keys(a.platforms), ...Object.keys(b.platforms)]);
  return a.digest === b.digest && [...names].every((name) => a.platforms[name] === b.platforms[name]);
}

import type { LockChange } from '../compiler/lock.ts';
import { shortImage } from '../compiler/model/image-reference.ts';
import type { LockedImage } from '../compiler/model/lock.ts';

const signs = { added: '+', removed: '-', changed: '~' } as const;

/** What `autogit lock update` did, one line an image, and the sum. @param total images in the lock now */
export function lockChangesText(file: string, changes: readonly LockChange[], total: number): string {
  const count = (kind: LockChange['kind']) => changes.filter((change) => change.kind === kind).length;
  const same = total - count('added') - count('changed');
  const sum = `${count('added')} added, ${count('changed')} changed, ${count('removed')} removed, ${same} as before`;
  return `${changes.map((change) => `${signs[change.kind]} ${line(change)}\n`).join('')}${file}: ${sum}\n`;
}

function line(change: LockChange): string {
  switch (change.kind) {
    case 'added':
      return `${shortImage(change.image)}  ${shown(change.now)}${platforms(change.now)}`;
    case 'removed':
      return `${shortImage(change.image)}  ${shown(change.before)}`;
    case 'changed':
      return `${shortImage(change.image)}  ${shown(change.before)} → ${shown(change.now)}${platforms(change.now)}`;
  }
}

/** Digests as people compare them; the lock has them whole. */
export function shown(locked: LockedImage): string {
  return locked.kind === 'local' ? 'local' : locked.digest.slice(0, 'sha256:'.length + 12);
}

function platforms(locked: LockedImage): string {
  return locked.kind === 'local' ? '' : `  ${Object.keys(locked.platforms).join(', ')}`;
}

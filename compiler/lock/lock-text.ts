import type { Lock, LockedImage } from '../model/lock.ts';
import { type YamlValue, yamlText } from '../model/yaml-text.ts';

/** The only form of a lock that is written: sorted, without times, so that a change is the lines that changed. */
export function lockText(lock: Lock): string {
  const images = Object.fromEntries(Object.entries(lock.images).map(([image, locked]) => [image, entryOf(locked)]));
  const comment = 'Written by `autogit lock update`: the digest of each image. Commit it with the platform file.';
  return yamlText({ version: 1, images }, { comment, first: ['version'] });
}

function entryOf(locked: LockedImage): YamlValue {
  switch (locked.kind) {
    case 'local':
      return 'local';
    case 'pinned':
      return { digest: locked.digest, platforms: locked.platforms };
  }
}

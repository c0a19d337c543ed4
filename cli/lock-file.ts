import type { LockFile } from '../compiler/lock.ts';
import { lockPathOf } from '../compiler/model/lock.ts';
import { type PlatformFile, readPlatformFile } from './platform-file.ts';

/** The lock beside a platform file, that there is none, or why it cannot be read. Standard input has none. */
export type LockRead =
  | { readonly kind: 'lock'; readonly lock: LockFile }
  | { readonly kind: 'absent' }
  | Extract<PlatformFile, { kind: 'none' }>;

export async function readLockFile(platformFile: string): Promise<LockRead> {
  if (platformFile === '-') return { kind: 'absent' };
  const file = lockPathOf(platformFile);
  const read = await readPlatformFile(file);
  if (read.kind === 'bytes') return { kind: 'lock', lock: { file, bytes: read.bytes } };
  return read.isAbsent ? { kind: 'absent' } : read;
}

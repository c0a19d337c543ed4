import { lstatSync, readlinkSync, statSync } from 'node:fs';
import type { LockFile } from '../compiler/lock.ts';
import { lockPathOf } from '../compiler/model/lock.ts';
import { exitCode } from './exit-code.ts';
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
  if (read.isAbsent === true) return leadsNowhere(file) ?? { kind: 'absent' };
  return isFolder(file) ? noLock(`${file} is a folder, not a file`, 'move the folder away') : read;
}

/** A lock whose link is broken is not the same as none: without it every image would be what its tag means today. */
function leadsNowhere(file: string): LockRead | undefined {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
  return noLock(`${file} is a link to ${readlinkSync(file)}, where there is nothing`, 'mend the link, or remove it');
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

function noLock(message: string, next: string): LockRead {
  return {
    kind: 'none',
    message,
    next: `${next}; \`autogit lock update\` writes a lock anew`,
    code: exitCode.failed,
  };
}

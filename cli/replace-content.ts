import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { removeLeftovers, temporaryName } from './leftovers.ts';
import { type OutputFailure, outputFailure } from './output-failure.ts';

/**
 * Gives a file other content in one step: a reader sees the old one or the new one, never a part. Mode and owner stay; of
 * a symbolic link the file that it leads to is written. Nothing is written when the file is no longer what was read.
 */
export function replaceContent(
  path: string,
  { before, after }: { readonly before: Uint8Array; readonly after: Uint8Array },
): OutputFailure | undefined {
  try {
    const real = realpathSync(path);
    const stats = unchanged(real, before);
    if (stats === undefined) return changedMeanwhile(path);
    removeLeftovers(dirname(real));
    const temporary = join(dirname(real), temporaryName());
    try {
      writeBeside(temporary, after, stats);
      if (unchanged(real, before) === undefined) {
        rmSync(temporary);
        return changedMeanwhile(path);
      }
      renameSync(temporary, real);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    return undefined;
  } catch (error) {
    return outputFailure(error, path);
  }
}

/** What is known of a regular file that still has this content. */
function unchanged(path: string, content: Uint8Array): Stats | undefined {
  const file = openSync(path, 'r');
  try {
    const stats = fstatSync(file);
    const same = stats.isFile() && stats.size === content.length && readFileSync(file).equals(content);
    return same ? stats : undefined;
  } finally {
    closeSync(file);
  }
}

function writeBeside(path: string, content: Uint8Array, { mode, uid, gid }: Stats): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, content);
    const own = fstatSync(file);
    if (own.uid !== uid || own.gid !== gid) fchownSync(file, uid, gid);
    fchmodSync(file, mode & 0o7777);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function changedMeanwhile(path: string): OutputFailure {
  return {
    kind: 'failed',
    message: `${path} was changed while it was judged; nothing was written`,
    next: 'run the command again',
  };
}

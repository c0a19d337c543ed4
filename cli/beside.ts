import { closeSync, constants, fstatSync, openSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { isOfGit } from '../compiler/model/git-path.ts';
import { readStart } from './platform-file.ts';

/**
 * Reads files from the folder of the platform file, as a commit would have them: a link that leads out of the folder or
 * into `.git` and a device are not there, and of a file that is too large only the start. Standard input has the current folder beside it.
 *
 * @param platformFile path of the platform file, or `-`
 * @param reads hears of each path that is looked for
 * @throws what the file system says when a file is there and cannot be read
 */
export function filesBeside(
  platformFile: string,
  reads: (path: string) => void = () => {},
): (path: string) => Promise<Uint8Array | undefined> {
  const folder = platformFile === '-' ? '.' : dirname(platformFile);
  return async (path) => {
    reads(join(folder, path));
    try {
      const root = realpathSync(folder);
      const real = realpathSync(join(root, path));
      const start = root.endsWith(sep) ? root : root + sep;
      return real.startsWith(start) && !isOfGit(real.slice(start.length)) ? contentOf(real) : undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
      throw error;
    }
  };
}

function contentOf(path: string): Uint8Array | undefined {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return fstatSync(file).isFile() ? readStart(file) : undefined;
  } finally {
    closeSync(file);
  }
}

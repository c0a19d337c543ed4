import { isAbsolute, relative, sep } from 'node:path';

/**
 * Path of a file as services of a forge want it: from the folder that the command runs in, which is the root of the
 * repository in a job, with slashes. What lies outside keeps its absolute path.
 */
export function reportPath(file: string, cwd: string = process.cwd()): string {
  const path = isAbsolute(file) ? relative(cwd, file) : file;
  const inside = path.startsWith('..') ? file : path;
  return inside
    .split(sep)
    .join('/')
    .replace(/^(?:\.\/)+/, '');
}

/** Paths with `/`, without asking any file system. */

/** `a/./b/../c` → `a/c`; an absolute path stays absolute and never leads above the root. */
export function normalised(path: string): string {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !absolute) parts.push(part);
  }
  return (absolute ? '/' : '') + parts.join('/');
}

/** A path of the Compose file as an absolute one: `~` is the home folder, everything else relative to its folder. */
export function absolutePath(path: string, folder: string, home: string): string {
  if (path === '~' || path.startsWith('~/')) return normalised(`${home}/${path.slice(1)}`);
  return normalised(path.startsWith('/') ? path : `${folder}/${path}`);
}

/** Path from `folder` to something in it; undefined when it lies elsewhere. */
export function pathInside(path: string, folder: string): string | undefined {
  const prefix = folder === '/' ? '/' : `${folder}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

/** Path in a container: absolute, without colons and empty, `.` and `..` parts; undefined for anything else. */
export function containerPath(path: string): string | undefined {
  if (!path.startsWith('/') || /[\0:]/.test(path)) return undefined;
  const clean = normalised(path);
  return clean === '/' || clean === '' ? undefined : clean;
}

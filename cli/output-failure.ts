/** Why an output folder could not be read or written, in words, with the next step. */
export interface OutputFailure {
  readonly kind: 'failed';
  readonly message: string;
  readonly next: string;
}

/** An error of the file system as a failure; anything else is a bug and is thrown again. */
export function outputFailure(error: unknown, path: string): OutputFailure {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const why = code === undefined ? undefined : reasons[code];
  if (why !== undefined) return { kind: 'failed', message: `cannot write ${path}: ${why.what}`, next: why.next };
  if (code === undefined) throw error;
  return { kind: 'failed', message: `cannot write ${path}: ${(error as Error).message}`, next: 'name another folder' };
}

const reasons: Readonly<Record<string, { readonly what: string; readonly next: string }>> = {
  EACCES: { what: 'permission denied', next: 'make the folder writable for this user, or name another one' },
  EPERM: { what: 'permission denied', next: 'make the folder writable for this user, or name another one' },
  EROFS: { what: 'the file system is read-only', next: 'name a folder on another file system' },
  ENOSPC: { what: 'the disk is full', next: 'free some space and compile again; files written so far are whole' },
  EDQUOT: {
    what: 'the disk quota is used up',
    next: 'free some space and compile again; files written so far are whole',
  },
  ENOTDIR: { what: 'a file lies where a folder is needed', next: 'move the file away, or name another folder' },
  EEXIST: {
    what: 'a file, or a link that leads nowhere, lies where a folder is needed',
    next: 'move it away, or name another folder',
  },
  ENOENT: { what: 'it is not there and cannot be made there', next: 'name another folder' },
  EISDIR: { what: 'a folder lies where a file is needed', next: 'move the folder away, or name another folder' },
  ELOOP: { what: 'it leads through too many links', next: 'name the folder itself' },
  ENAMETOOLONG: { what: 'the name is too long', next: 'name a folder with a shorter path' },
};

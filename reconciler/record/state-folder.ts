import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { StoreDown } from '../model/store-down.ts';
import { makePrivateFolder, syncFolder, writePrivateFile } from './private-file.ts';

/** Files of a state folder that belong to the store. */
export function filesOf(directory: string): {
  readonly database: string;
  readonly deployment: string;
  readonly ballast: string;
} {
  return {
    database: join(directory, 'state.sqlite'),
    deployment: join(directory, 'deployment'),
    ballast: join(directory, 'ballast'),
  };
}

/** Makes the folder when it is missing and checks that this process can work in it. Throws `StoreDown` with the next step. */
export function prepareFolder(directory: string): void {
  try {
    makePrivateFolder(directory);
    if (!statSync(directory).isDirectory()) throw Object.assign(new Error('is a file'), { code: 'ENOTDIR' });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    reserve(filesOf(directory).ballast);
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** The random id that stands on every object of ours. It has a file of its own, so that it outlives a damaged database. */
export function readDeployment(directory: string): string | undefined {
  const path = filesOf(directory).deployment;
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8').trim();
  return /^[0-9a-z]{8,64}$/.test(text) ? text : undefined;
}

export function writeDeployment(directory: string, deployment: string): void {
  writePrivateFile(filesOf(directory).deployment, `${deployment}\n`, { keep: false });
}

/** Renames a damaged database, so that a person can look at it. Returns its new name. */
export function moveAside(directory: string, at: number): string {
  const { database } = filesOf(directory);
  const stamp = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const name = [
    `${database}.damaged-${stamp}`,
    ...Array.from({ length: 99 }, (_, index) => `${database}.damaged-${stamp}-${index + 2}`),
  ].find((path) => !existsSync(path));
  if (name === undefined)
    throw new StoreDown(
      'unusable',
      `there are too many damaged databases in ${directory}; remove those named state.sqlite.damaged-*`,
    );
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(database + suffix)) renameSync(database + suffix, name + suffix);
  }
  syncFolder(directory);
  return name;
}

/** Gives back the space that is kept for the last outcome on a full disk. */
export function releaseBallast(directory: string): void {
  const { ballast } = filesOf(directory);
  if (existsSync(ballast)) unlinkSync(ballast);
}

const ballastBytes = 1024 * 1024;

/** Written with random-free but real blocks: a sparse file would reserve nothing. */
function reserve(path: string): void {
  if (existsSync(path) && statSync(path).size === ballastBytes) return;
  const file = openSync(path, 'w', 0o600);
  let written = 0;
  try {
    const block = Buffer.alloc(64 * 1024, 'autogit');
    while (written < ballastBytes) written += writeSync(file, block);
    fsyncSync(file);
  } finally {
    closeSync(file);
    if (written < ballastBytes) unlinkSync(path);
  }
}

/** What an error of the file system means for whoever runs the reconciler; anything else is a bug and stays as it is. */
export function unusable(directory: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof StoreDown || code === undefined || (syscall === undefined && code !== 'ENOTDIR')) return error;
  return new StoreDown('unusable', sentenceFor(directory, error), { cause: error });
}

function sentenceFor(directory: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  switch (code) {
    case 'ENOTDIR':
    case 'EEXIST':
      return `the state folder ${directory} is not a folder; name a folder with --state`;
    case 'EACCES':
    case 'EPERM':
      return `the state folder ${directory} cannot be read and written by this user; change its owner or name another with --state`;
    case 'EROFS':
      return `the state folder ${directory} is on a read-only file system; remount it or name another with --state`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk of the state folder ${directory} is full; free at least 8 MiB on it`;
    default:
      return `the state folder ${directory} cannot be used (${code}); check it or name another with --state`;
  }
}

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { indexName, indexText, type OutputPlan } from '../compiler/output.ts';
import { removeLeftovers, temporaryName } from './leftovers.ts';
import { type OutputFailure, outputFailure } from './output-failure.ts';
import type { OutputFolder } from './read-output.ts';

/**
 * Carries out a plan without refused changes. Every file appears whole or not at all; the index comes last, so that
 * after a crash in the middle the next run finds each file either as the index says or as it was rendered. Only the index
 * is synced: thousands of files would take many times as long, and what a power cut may leave of one is known
 * (`readOutput`).
 */
export function writeOutput(folder: OutputFolder, plan: OutputPlan): OutputFailure | undefined {
  const { root } = folder;
  let current = root;
  try {
    makeFolder(root);
    for (const each of foldersOf(plan)) removeLeftovers(join(root, each));
    const folders = new Set<string>();
    for (const change of plan.changes) {
      current = join(root, change.path);
      if (change.kind === 'create' || change.kind === 'update') {
        const folder = dirname(current);
        if (!folders.has(folder)) makeFolder(folder);
        folders.add(folder);
        putFile(current, change.text, false);
      }
      if (change.kind === 'remove') removeFile(root, change.path);
    }
    current = join(root, indexName);
    const index = indexText(plan.index);
    if (index !== folder.indexText || plan.changes.some(({ kind }) => kind === 'create')) putFile(current, index, true);
    return undefined;
  } catch (error) {
    return outputFailure(error, current);
  }
}

/** Every folder that a file of the plan lies in, that of the index, and the ones between. */
function foldersOf({ changes }: OutputPlan): ReadonlySet<string> {
  const folders = new Set(['.']);
  for (const { path } of changes)
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  return folders;
}

/** With those above it. Node's own way of doing this never ends where the system answers that nothing can be made (/proc). */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}

/** A new file beside the old one takes its place in one step, and is on the disk. Throws errors of the file system. */
export function replaceFile(path: string, text: string): void {
  makeFolder(dirname(path));
  removeLeftovers(dirname(path));
  putFile(path, text, true);
}

function putFile(path: string, text: string, sync: boolean): void {
  const temporary = join(dirname(path), temporaryName());
  try {
    const file = openSync(temporary, 'wx', 0o644);
    try {
      writeFileSync(file, text);
      if (sync) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The file, and the folders that it leaves empty. */
function removeFile(root: string, path: string): void {
  rmSync(join(root, path), { force: true });
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      rmdirSync(join(root, folder));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return;
      throw error;
    }
  }
}

import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { indexName, indexText, type OutputPlan } from '../compiler/output.ts';
import { type OutputFailure, outputFailure } from './output-failure.ts';
import type { OutputFolder } from './read-output.ts';

/**
 * Carries out a plan without refused changes. Every file appears whole or not at all; the index comes last, so that
 * after a crash in the middle the next run finds each file either as the index says or as it was rendered.
 */
export async function writeOutput(folder: OutputFolder, plan: OutputPlan): Promise<OutputFailure | undefined> {
  const { root } = folder;
  let current = root;
  try {
    await mkdir(root, { recursive: true });
    for (const change of plan.changes) {
      current = join(root, change.path);
      if (change.kind === 'create' || change.kind === 'update') await replaceFile(current, change.text);
      if (change.kind === 'remove') await removeFile(root, change.path);
    }
    current = join(root, indexName);
    const index = indexText(plan.index);
    if (index !== indexText(folder.index) || plan.changes.some(({ kind }) => kind === 'create')) {
      await replaceFile(current, index);
    }
    return undefined;
  } catch (error) {
    return outputFailure(error, current);
  }
}

/** A new file beside the old one takes its place in one step. */
async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.autogit-${process.pid}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The file, and the folders that it leaves empty. */
async function removeFile(root: string, path: string): Promise<void> {
  await rm(join(root, path), { force: true });
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      await rmdir(join(root, folder));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return;
      throw error;
    }
  }
}

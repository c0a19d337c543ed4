import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../compiler/model/target.ts';
import { contentDigest, indexName, type OwnershipIndex, type Present, readIndex } from '../compiler/output.ts';
import { type OutputFailure, outputFailure } from './output-failure.ts';

/** What lies in an output folder, as far as compiling concerns it. */
export interface OutputFolder {
  readonly kind: 'folder';
  /** Real path of the folder; it need not exist yet. */
  readonly root: string;
  readonly index: OwnershipIndex;
  readonly present: ReadonlyMap<string, Present>;
  /** Content of the files that are not as they were rendered or written, for diffs. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads what lies where a file is to be written or removed. Links below the folder are never followed. */
export async function readOutput(
  folder: string,
  manifests: readonly Manifest[],
): Promise<OutputFolder | OutputFailure> {
  try {
    const root = await rootOf(folder);
    if (root === undefined) return { kind: 'folder', root: folder, index: {}, present: new Map(), texts: new Map() };
    const index = await readOwnership(root);
    if (index === undefined) return brokenIndex(join(folder, indexName));
    const present = new Map<string, Present>();
    const texts = new Map<string, string>();
    for (const path of new Set([...manifests.map((manifest) => manifest.path), ...Object.keys(index)])) {
      const there = await look(root, path);
      if (there === undefined) continue;
      present.set(path, there.present);
      if (there.text !== undefined) texts.set(path, there.text);
    }
    return { kind: 'folder', root, index, present, texts };
  } catch (error) {
    return outputFailure(error, folder);
  }
}

async function rootOf(folder: string): Promise<string | undefined> {
  try {
    const root = await realpath(folder);
    if (!(await stat(root)).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    return root;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Empty when there is no index yet; undefined when the file is none that AutoGit wrote. */
async function readOwnership(root: string): Promise<OwnershipIndex | undefined> {
  const path = join(root, indexName);
  try {
    if (!(await lstat(path)).isFile()) return undefined;
    return readIndex(await readFile(path, 'utf8'));
  } catch (error) {
    if (isAbsent(error)) return {};
    throw error;
  }
}

function brokenIndex(path: string): OutputFailure {
  return {
    kind: 'failed',
    message: `${path} does not say any more which files AutoGit wrote`,
    next: 'take it back from Git, or remove it and the rendered files beside it',
  };
}

/** What lies at `path`, or at the first part of it that is no folder. */
async function look(
  root: string,
  path: string,
): Promise<{ readonly present: Present; readonly text?: string } | undefined> {
  const parts = path.split('/');
  for (let length = 1; length < parts.length; length++) {
    const part = parts.slice(0, length).join('/');
    const kind = await kindOf(join(root, part));
    if (kind === undefined) return undefined;
    if (kind !== 'folder') return { present: { kind: 'other', what: `${articled(kind)} called ${part}` } };
  }
  const file = join(root, path);
  const kind = await kindOf(file);
  if (kind === undefined) return undefined;
  if (kind !== 'file') return { present: { kind: 'other', what: articled(kind) } };
  const bytes = await readFile(file);
  return { present: { kind: 'file', digest: contentDigest(bytes) }, text: bytes.toString('utf8') };
}

type Kind = 'file' | 'folder' | 'symbolic link' | 'special file';

async function kindOf(path: string): Promise<Kind | undefined> {
  try {
    const entry = await lstat(path);
    if (entry.isSymbolicLink()) return 'symbolic link';
    if (entry.isDirectory()) return 'folder';
    return entry.isFile() ? 'file' : 'special file';
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function articled(kind: Kind): string {
  return `a ${kind}`;
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

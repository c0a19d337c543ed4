import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
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

/**
 * Reads what lies where a file is to be written or removed, at once: small files one after the other cost less than
 * asking for each from another thread. Links below the folder are never followed.
 */
export function readOutput(folder: string, manifests: readonly Manifest[]): OutputFolder | OutputFailure {
  try {
    const root = rootOf(folder);
    if (root === undefined) return { kind: 'folder', root: folder, index: {}, present: new Map(), texts: new Map() };
    const index = readOwnership(root);
    if (index === undefined) return brokenIndex(join(folder, indexName));
    const present = new Map<string, Present>();
    const texts = new Map<string, string>();
    for (const path of new Set([...manifests.map((manifest) => manifest.path), ...Object.keys(index)])) {
      const there = look(root, path);
      if (there === undefined) continue;
      present.set(path, there.present);
      if (there.text !== undefined) texts.set(path, there.text);
    }
    return { kind: 'folder', root, index, present, texts };
  } catch (error) {
    return outputFailure(error, folder);
  }
}

function rootOf(folder: string): string | undefined {
  try {
    const root = realpathSync(folder);
    if (!statSync(root).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    return root;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Empty when there is no index yet; undefined when the file is none that AutoGit wrote. */
function readOwnership(root: string): OwnershipIndex | undefined {
  const path = join(root, indexName);
  try {
    if (!lstatSync(path).isFile()) return undefined;
    return readIndex(readFileSync(path, 'utf8'));
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
function look(root: string, path: string): { readonly present: Present; readonly text?: string } | undefined {
  const parts = path.split('/');
  for (let length = 1; length < parts.length; length++) {
    const part = parts.slice(0, length).join('/');
    const kind = kindOf(join(root, part));
    if (kind === undefined) return undefined;
    if (kind !== 'folder') return { present: { kind: 'other', what: `${articled(kind)} called ${part}` } };
  }
  const file = join(root, path);
  const kind = kindOf(file);
  if (kind === undefined) return undefined;
  if (kind !== 'file') return { present: { kind: 'other', what: articled(kind) } };
  const bytes = readFileSync(file);
  return { present: { kind: 'file', digest: contentDigest(bytes) }, text: bytes.toString('utf8') };
}

type Kind = 'file' | 'folder' | 'symbolic link' | 'special file';

function kindOf(path: string): Kind | undefined {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return undefined;
  if (entry.isSymbolicLink()) return 'symbolic link';
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : 'special file';
}

function articled(kind: Kind): string {
  return `a ${kind}`;
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

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
  /** The index as it stands there; empty when there is none. */
  readonly indexText: string;
}

/**
 * Reads what lies where a file is to be written or removed, at once: small files one after the other cost less than
 * asking for each from another thread. Links below the folder are never followed.
 */
export function readOutput(folder: string, manifests: readonly Manifest[]): OutputFolder | OutputFailure {
  try {
    const root = rootOf(folder);
    if (root === undefined) return { kind: 'folder', root: folder, index: {}, present: new Map(), indexText: '' };
    const text = ownershipText(root);
    const index = text === '' ? {} : readIndex(text ?? '');
    if (index === undefined) return brokenIndex(join(folder, indexName));
    const present = new Map<string, Present>();
    const folders = new Map<string, Kind | undefined>();
    const rendered = new Map(manifests.map((manifest) => [manifest.path, manifest.text]));
    for (const path of new Set([...rendered.keys(), ...Object.keys(index)])) {
      const there = look(root, path, folders, rendered.get(path));
      if (there !== undefined) present.set(path, there);
    }
    return { kind: 'folder', root, index, present, indexText: text ?? '' };
  } catch (error) {
    return outputFailure(error, folder);
  }
}

/** The text of a file that was there, for diffs. Throws errors of the file system. */
export function textIn({ root }: OutputFolder, path: string): string {
  return readFileSync(join(root, path), 'utf8');
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

/** Empty when there is no index yet; undefined when it is no file. */
function ownershipText(root: string): string | undefined {
  const path = join(root, indexName);
  try {
    return lstatSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
  } catch (error) {
    if (isAbsent(error)) return '';
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

/**
 * What lies at `path`, or at the first part of it that is no folder. `folders` holds what was found out about those before.
 * What a power cut left of `text` counts as not there.
 */
function look(
  root: string,
  path: string,
  folders: Map<string, Kind | undefined>,
  text: string | undefined,
): Present | undefined {
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
    const part = path.slice(0, end);
    if (!folders.has(part)) folders.set(part, kindOf(join(root, part)));
    const kind = folders.get(part);
    if (kind === undefined) return undefined;
    if (kind !== 'folder') return { kind: 'other', what: `${articled(kind)} called ${part}` };
  }
  const file = join(root, path);
  const kind = kindOf(file);
  if (kind === undefined) return undefined;
  if (kind !== 'file') return { kind: 'other', what: articled(kind) };
  const bytes = readFileSync(file);
  if (text !== undefined && isTorn(bytes, text)) return undefined;
  return { kind: 'file', digest: contentDigest(bytes) };
}

/** Files are not synced one by one: after a power cut one may be there with its first pages alone, or with none. */
function isTorn(bytes: Buffer, text: string): boolean {
  if (bytes.length % pageBytes !== 0 || bytes.length >= Buffer.byteLength(text)) return false;
  return Buffer.from(text).subarray(0, bytes.length).equals(bytes);
}

const pageBytes = 4096;

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

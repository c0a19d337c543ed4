import { basename } from 'node:path';
import { type Compiled, compile } from '../../compiler/compile.ts';
import type { LockFile } from '../../compiler/lock.ts';
import { lockPathOf } from '../../compiler/model/lock.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { filesBeside } from '../beside.ts';
import { readLockFile } from '../lock-file.ts';
import { readPlatformFile } from '../platform-file.ts';
import type { AskedSide } from './asked.ts';
import { GitFailure, type Repository } from './git-files.ts';

/** A compiled side, or that the commit has no platform file. */
export type CompiledSide =
  | { readonly kind: 'absent'; readonly label: string }
  | {
      readonly kind: 'compiled';
      /** `main (1a2b3c4)`, `working files`; with its environment. */
      readonly label: string;
      /** Name of the file in diagnostics. */
      readonly file: string;
      readonly bytes: Uint8Array;
      readonly lock: LockFile | undefined;
      readonly compiled: Compiled;
    };

/** What a side is compiled from. */
interface Source {
  readonly label: string;
  readonly file: string;
  readonly bytes: Uint8Array | undefined;
  readonly lock: LockFile | undefined;
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
}

export interface SideInput {
  readonly side: AskedSide;
  /** Path of the platform file. */
  readonly file: string;
  readonly target: 'compose' | 'kubernetes' | undefined;
  readonly repository: () => Promise<Repository>;
}

/**
 * Compiles one side, from the working files or from a commit.
 *
 * @throws GitFailure when a commit or a file cannot be had
 */
export async function compileSide({ side, file, target, repository }: SideInput): Promise<CompiledSide> {
  const source = side.source.kind === 'files' ? await working(file) : await committed(file, side.source, repository);
  const { environment } = side;
  const label = environment === undefined ? source.label : `${source.label}, environment ${environment}`;
  if (source.bytes === undefined) return { kind: 'absent', label };
  const { bytes, lock, read } = source;
  const compiled = await compile({ file: source.file, bytes, lock, read, environment, target, catalog, targets });
  return { kind: 'compiled', label, file: source.file, bytes, lock, compiled };
}

async function working(file: string): Promise<Source> {
  const [platform, locked] = [await readPlatformFile(file), await readLockFile(file)];
  for (const each of [platform, locked])
    if (each.kind === 'none') throw new GitFailure(each.message, each.next, each.isAbsent === true);
  const bytes = platform.kind === 'bytes' ? platform.bytes : undefined;
  const lock = locked.kind === 'lock' ? locked.lock : undefined;
  return { label: 'working files', file, bytes, lock, read: filesBeside(file) };
}

async function committed(
  file: string,
  { revision }: Extract<AskedSide['source'], { kind: 'commit' }>,
  repository: () => Promise<Repository>,
): Promise<Source> {
  const opened = await (await repository()).open(revision);
  const short = opened.commit.slice(0, 7);
  const label = opened.commit.startsWith(revision) ? short : `${revision} (${short})`;
  const named = (path: string) => `${revision}:${path}`;
  const bytes = await opened.read(basename(file));
  const lockBytes = await opened.read(basename(lockPathOf(file)));
  const lock = lockBytes === undefined ? undefined : { file: named(lockPathOf(file)), bytes: lockBytes };
  return { label, file: named(file), bytes, lock, read: opened.read };
}

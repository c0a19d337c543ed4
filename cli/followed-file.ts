import { fileBytes } from '../reconciler/model/commit-files.ts';
import type { RevisionRecord } from '../reconciler/model/record.ts';
import { askService } from './ask-service.ts';
import { filesBeside } from './beside.ts';
import { exitCode } from './exit-code.ts';
import { readPlatformFile } from './platform-file.ts';
import type { Terminal } from './terminal.ts';
import { unreadableText } from './unreadable-state.ts';
import { appliedRevision, isTaken } from './wire-backup.ts';

const usual = 'autogit.yaml';

/** A platform file, and how the files that it names are read. */
export interface FollowedFile {
  /** As it was named; `-` is standard input. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
}

/**
 * The platform file that a command is about: the one that is named or lies in this folder or, where there is none, what
 * the reconciler of `state` has applied last. An exit code when there is neither, after it was told.
 */
export async function followedFile(file: string, state: string, screen: Terminal): Promise<FollowedFile | number> {
  const read = await readPlatformFile(file);
  if (read.kind === 'bytes') return { file, bytes: read.bytes, read: filesBeside(file) };
  const applied = read.isAbsent && file === usual ? await revisionOf(state) : undefined;
  if (applied?.kind === 'unreadable') {
    screen.err(`autogit: ${read.message}, and ${unreadableText(applied.folder)}`);
    return exitCode.unavailable;
  }
  if (applied?.revision.source === undefined) {
    screen.err(`autogit: ${read.message}\nnext: ${read.next}\n`);
    return read.code;
  }
  const { source, files } = applied.revision;
  return { file: usual, bytes: Buffer.from(source), read: async (path) => fileBytes(files, path) };
}

type Applied =
  | { readonly kind: 'revision'; readonly revision: RevisionRecord }
  | { readonly kind: 'unreadable'; readonly folder: string };

/** From the reconciler that runs on the state, or from the state itself. */
async function revisionOf(state: string): Promise<Applied | undefined> {
  const answer = await askService({ state, path: '/api/revision', body: {} });
  if (answer.kind === 'unreadable') return answer;
  if (answer.kind === 'answer')
    return answer.code === 200 ? { kind: 'revision', revision: answer.body as RevisionRecord } : undefined;
  try {
    const revision = await appliedRevision(state);
    return revision && { kind: 'revision', revision };
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw error;
  }
}

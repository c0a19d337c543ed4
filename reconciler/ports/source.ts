import type { CommitFiles } from '../model/commit-files.ts';
import type { Result } from '../model/result.ts';

/** Where the desired state comes from: a Git repository or a local file. */
export interface Source {
  /** The newest revision, without fetching when nothing changed. */
  head(signal: AbortSignal): Promise<Result<SourceRevision>>;
  /** Calls `wake` on a local change (file watch); a Git source returns at once and is polled. */
  watch(wake: () => void, signal: AbortSignal): Promise<void>;
  /** For messages: the URL without credentials, or the path. */
  readonly name: string;
  /** For messages about a line: the platform file's path in the repository, or its name. */
  readonly file: string;
}

export interface SourceRevision {
  /** Full commit id, or `file:<sha256>`. */
  readonly revision: string;
  readonly branch?: string;
  readonly subject?: string;
  readonly author?: string;
  /** True when it does not contain the revision seen before (force-push). */
  readonly rewritten: boolean;
  /** Bytes of `autogit.yaml` at this revision. */
  readonly text: string;
  /** Text of the `autogit.lock` beside it at this revision; absent when there is none. */
  readonly lock?: string;
  /**
   * What this revision has of the files that the platform file names; absent when it names none. A file that is there and
   * could not be read makes the whole look fail: it is never missing here.
   */
  readonly files?: CommitFiles;
}

/** Paths that the text of a platform file names, from its folder. Empty for a text that is no platform file. */
export type NamedPaths = (text: string) => Promise<readonly string[]>;

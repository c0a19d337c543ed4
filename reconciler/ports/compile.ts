import type { ComposeProject } from '../../compiler/model/compose-project.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import type { Diagnostic, Pointer, Position } from '../../schema/diagnostic.ts';
import type { CommitFiles } from '../model/commit-files.ts';

/** What the compiler makes of a file. `platform` is absent when a diagnostic of severity error is there. */
export interface Compilation {
  readonly diagnostics: readonly Diagnostic[];
  readonly platform?: Platform;
  /** What was rendered for Compose: exactly this is applied. Empty for a platform whose target is Kubernetes. */
  readonly projects: readonly ComposeProject[];
  /** Where something stands in the file, for what is found after compiling. */
  readonly locate?: (pointer: Pointer) => Promise<Position | undefined>;
}

export interface CompileInput {
  /** Name for messages. */
  readonly file: string;
  /** Content of `autogit.yaml`. */
  readonly bytes: Uint8Array;
  /** Content of the lock beside it, where there is one. */
  readonly lock?: Uint8Array;
  /** Files of the same commit that it names. */
  readonly files?: CommitFiles;
}

/** Throws only on a bug. */
export type Compile = (input: CompileInput) => Promise<Compilation>;

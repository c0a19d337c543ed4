import type { Secret as SecretDeclaration } from '../../compiler/model/platform.ts';
import type { CommitFiles } from '../model/commit-files.ts';
import type { Result } from '../model/result.ts';
import type { Secret } from '../model/secret.ts';

/**
 * Where values of secrets come from: the reconciler's environment, files of its machine, values made once and kept, and
 * encrypted files of the commit. `files` are those of the commit whose platform is pursued.
 */
export interface SecretReader {
  /** The value now. `detail` of a failure names the source, never the value. */
  value(id: string, source: SecretDeclaration['source'], files?: CommitFiles): Promise<Result<Secret>>;
  /** Opaque text that changes when the value changes and tells nothing about it. */
  fingerprint(id: string, source: SecretDeclaration['source'], files?: CommitFiles): Promise<Result<string>>;
}

export interface SopsQuestion {
  /** Path from the folder of the platform file. */
  readonly path: string;
  /** JSON pointer to the value: `/smtp/password`. */
  readonly pointer: string;
  /** The file as it is in the commit. */
  readonly bytes: Uint8Array;
}

/**
 * Decrypts one value of a file that SOPS encrypted. The sentence of a failure begins with the name of the file and tells
 * nothing of what was decrypted.
 */
export type ReadSops = (question: SopsQuestion) => Promise<Result<string>>;

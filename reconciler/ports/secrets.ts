import type { Secret as SecretDeclaration } from '../../compiler/model/platform.ts';
import type { Result } from '../model/result.ts';
import type { Secret } from '../model/secret.ts';

/** Where values of secrets come from: the reconciler's environment, files of its machine, and values made once and kept. */
export interface SecretReader {
  /** The value now. `detail` of a failure names the source, never the value. */
  value(id: string, source: SecretDeclaration['source']): Promise<Result<Secret>>;
  /** Opaque text that changes when the value changes and tells nothing about it. */
  fingerprint(id: string, source: SecretDeclaration['source']): Promise<Result<string>>;
}

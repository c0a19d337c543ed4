import type { Secret as SecretSource } from '../../compiler/model/platform.ts';
import type { Result } from '../model/result.ts';
import type { Secret } from '../model/secret.ts';

/** Where values of secrets come from: the reconciler's environment, files of its machine, and values made once and kept. */
export interface SecretReader {
  /** The value now. `generate` is made on the first read and kept. `detail` of a failure names the source, never the value. */
  read(secret: SecretSource): Promise<Result<Secret>>;
  /** Opaque text that changes when the value changes and tells nothing about it (keyed by the state folder). */
  fingerprint(secret: SecretSource): Promise<Result<string>>;
}

import type { Finding } from '../../schema/diagnostic.ts';
import type { Document } from '../../schema/document.ts';
import { secretsOfServices } from '../model/literal-secrets.ts';

/** Secrets that a service is given as plain text: whoever reads the repository has them, now and in its history. */
export function checkLiteralSecrets(tree: Document['tree']): readonly Finding[] {
  return secretsOfServices(tree).map(({ pointer, what }) => ({
    code: 'AG426',
    severity: 'warning',
    pointer,
    message: `${what} stands in the file`,
    hint: 'change the value, because it may have been seen, and name where the new one comes from under `secrets`',
  }));
}

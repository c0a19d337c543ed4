import { createRedactor } from '../reconciler/record/redactor.ts';
import { createSecretValues, type SecretValues } from '../reconciler/record/secrets.ts';
import { createSopsReader } from '../reconciler/sops/read-sops.ts';
import { createLog } from './log.ts';

/**
 * The values of secrets as the reconciler of this state folder would read them, for a command that a person runs.
 * Warnings go to standard error.
 */
export async function openSecrets(options: {
  readonly state: string;
  readonly ageKeyFile: string | undefined;
}): Promise<SecretValues> {
  const redactor = createRedactor();
  return createSecretValues({
    directory: options.state,
    env: process.env,
    sops: createSopsReader({ keyFile: options.ageKeyFile, learn: redactor.add }),
    withheld: options.ageKeyFile === undefined ? [] : [options.ageKeyFile],
    redactor,
    log: await createLog({ format: 'text', level: 'warn', redact: redactor.redact }),
  });
}

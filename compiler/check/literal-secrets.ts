import type { Finding } from '../../schema/diagnostic.ts';
import type { Document } from '../../schema/document.ts';
import { declaredSecrets, type LiteralSecret, secretsOfServices } from '../model/literal-secrets.ts';
import { isSecretValue, isSurelySecret } from '../model/secret-names.ts';

/**
 * Secrets that a service is given as plain text: whoever reads the repository has them, now and in its history. An error
 * that can be accepted where the name or the form leaves no doubt, a warning where it may be something else.
 */
export function checkLiteralSecrets(tree: Document['tree']): readonly Finding[] {
  const found = secretsOfServices(tree);
  const declared = found.length === 0 ? new Set<string>() : declaredSecrets(tree);
  return found.flatMap((secret) => {
    const { pointer, what, text } = secret;
    if (declared.has(text)) return [insteadOfReference(secret)];
    const isSure = secret.isInText === true || isSurelySecret(what, text);
    // What is hidden in messages goes further than what is said: a switch or a path may have such a name.
    if (!isSure && !isSecretValue(what, text)) return [];
    return [
      isSure
        ? {
            code: 'AG426',
            acceptable: true,
            pointer,
            message: `${what} stands in the file`,
            hint: `change it, because it may have been seen, and ${reference(secret)}; if it is public, accept AG426`,
          }
        : {
            code: 'AG426',
            severity: 'warning',
            pointer,
            message: `${what} may be a secret, and stands in the file`,
            hint: `if it is one, ${reference(secret)}; else accept AG426 with a reason`,
          },
    ];
  });
}

/** A variable can hold the secret itself; of a command and a file, the program has to read it from elsewhere. */
function reference({ pointer, what }: LiteralSecret): string {
  if (!/\/environment\/[^/]+$/.test(pointer)) {
    return 'let the program read it from a variable or a file, with its source under `secrets`';
  }
  const id = what
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const name = /^\w+$/.test(what) && id !== '' && id.length <= 40 ? id : 'database-address';
  return `write \`{ secret: ${name} }\` and its source: \`secrets: { ${name}: { file: /etc/autogit/${name} } }\``;
}

/** `DB_PASSWORD: shop-db`, which the program would get as its password. */
function insteadOfReference({ pointer, what, text }: LiteralSecret): Finding {
  return {
    code: 'AG426',
    acceptable: true,
    pointer,
    message: `${what} would be the text '${text}' and not the secret of that name`,
    hint: `write \`{ secret: ${text} }\``,
  };
}

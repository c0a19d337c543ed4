import { hasCredentials, isSecretValue, isTokenShaped } from '../model/secret-names.ts';
import { splitWords } from './words.ts';

/**
 * The first word of a command that is or holds a secret: `--requirepass`, `--password=…`, `-e TOKEN=…`; undefined when
 * there is none.
 */
export function secretWordIn(words: readonly string[]): string | undefined {
  // A word with blanks is a line for a shell.
  const all = words.flatMap((word) => (/\s/.test(word) ? [word, ...(splitWords(word) ?? word.split(/\s+/))] : [word]));
  return all.find((word, index) => {
    if (hasCredentials(word)) return true;
    if (word.startsWith('$')) return false;
    if (isTokenShaped(word)) return true;
    const option = /^-{0,2}([A-Za-z][\w.-]*)=(.+)$/s.exec(word);
    if (option !== null)
      return isSecretValue(lastPart(option[1] ?? ''), option[2] ?? '') && !/^["']?\$/.test(option[2] ?? '');
    const before = all[index - 1];
    return (
      before !== undefined &&
      /^--?[A-Za-z][\w.-]+$/.test(before) &&
      !word.startsWith('-') &&
      (isSecretValue(lastPart(before), word) || /^--?requirepass$/i.test(before))
    );
  });
}

/** The name of an option that is a path: `--certificatesresolvers.x.acme.keytype` → `keytype`. */
function lastPart(option: string): string {
  return option.replace(/^-+/, '').split('.').at(-1) ?? '';
}

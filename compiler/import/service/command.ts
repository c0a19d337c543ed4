import { type ComposeNode, itemsOf, textIn } from '../node.ts';
import { holdsGivenSecret, type Scope, target } from '../scope.ts';
import { secretWordIn } from '../secret-words.ts';
import { splitWords } from '../words.ts';

/** `command` and `entrypoint`: a list is the words, a line is split into words; no shell reads either. */
export function readCommand(key: 'command' | 'entrypoint', node: ComposeNode, scope: Scope): undefined {
  if (node.kind === 'scalar' && node.value === null) return scope.ledger.taken(node);
  const words = wordsOf(node);
  if (words === undefined)
    return scope.ledger.lost(node, 'a quote in it is not closed', `write \`${key}\` as a list of words`);
  // Another entrypoint takes the image's own command away already.
  if (words.length === 0 && key === 'command' && scope.draft.entrypoint !== undefined) return scope.ledger.taken(node);
  if (words.length === 0)
    return scope.ledger.lost(node, `an empty ${key} cannot be said`, 'build an image without it, or name the words');
  if (holdsGivenSecret(node) || secretWordIn(words) !== undefined)
    return scope.ledger.lost(
      node,
      `a secret stands in the ${key}, where every \`docker inspect\` shows it`,
      'give the program its secret by an environment variable or a file, and write the command without it',
    );
  scope.draft[key] = words;
  if (node.kind === 'list') return scope.ledger.taken(node, target(scope, key));
  scope.ledger.changed(node, 'the line is split into words as Compose does it', { to: target(scope, key) });
}

/** Words of a command in either form; undefined when a quote stays open. */
export function wordsOf(node: ComposeNode): readonly string[] | undefined {
  if (node.kind === 'list') return itemsOf(node).map((item) => textIn(item) ?? '');
  return splitWords(textIn(node) ?? '');
}

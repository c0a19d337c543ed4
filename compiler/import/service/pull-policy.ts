import { type ComposeNode, textIn } from '../node.ts';
import type { Scope } from '../scope.ts';

export const pulled = 'an image is pulled when the host does not have it, and not looked up again';
export const asksAgain =
  'keep an autogit.lock: `autogit lock update` finds what each tag stands for now, and a new digest replaces the container';

/** `pull_policy`: what Compose does by itself is what AutoGit does. */
export function readPullPolicy(node: ComposeNode, { ledger }: Scope): undefined {
  const policy = textIn(node) ?? 'missing';
  if (policy === 'missing' || policy === 'if_not_present') return ledger.taken(node);
  if (policy === 'build')
    return ledger.lost(
      node,
      'images are built by CI and pulled from a registry',
      'build it, push it, and name it as `image`',
    );
  if (policy === 'never')
    return ledger.lost(
      node,
      'an image is pulled when the host does not have it',
      'load it there before the first start',
    );
  ledger.lost(node, pulled, asksAgain);
}

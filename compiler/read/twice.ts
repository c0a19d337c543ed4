import type { Mistake, Slot } from './node.ts';
import { removalOf } from './removal.ts';

/** One key for two values. The second one can go by itself when it says the same. */
export function keyTwice(
  text: string,
  {
    name,
    first,
    second,
    inBrackets,
  }: {
    readonly name: string;
    readonly first: Slot;
    readonly second: Slot;
    readonly inBrackets: boolean;
  },
): Mistake {
  const removal = isSame(first, second)
    ? removalOf(text, {
        key: { start: second.keyStart, end: second.keyEnd },
        value: { start: second.start, end: second.end },
        parent: 'map',
        inBrackets,
      })
    : undefined;
  return {
    code: 'AG108',
    start: second.keyStart,
    end: second.keyEnd,
    message: `the key \`${name}\` is there twice`,
    hint: removal === undefined ? 'keep one of the two' : 'both say the same: delete one of the two',
    ...(removal && { fix: { title: 'delete the second one', edits: [{ ...removal, text: '' }] } }),
    related: [{ start: first.keyStart, end: first.keyEnd, message: 'it is here for the first time' }],
  };
}

/** Sizes are compared first, so that the second one's own text bounds what it costs. An alias or anchor says no. */
function isSame(first: Slot, second: Slot): boolean {
  const isPlain = [first, second].every(({ start, node }) => start === node.start);
  if (!isPlain || first.node.size !== second.node.size) return false;
  return JSON.stringify(first.node.value) === JSON.stringify(second.node.value);
}

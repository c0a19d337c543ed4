import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Patch } from './platform.ts';
import { pointerTo } from './pointer.ts';

/** Something wrong with a rendered object although every schema accepts it. */
export interface Fault {
  /** `Service 'home-web'`, or `service 'web'` of a Compose project. */
  readonly object: string;
  /** JSON pointer into that object. */
  readonly path: string;
  /** What is wrong there, as a sentence. */
  readonly wrong: string;
  /** What to do next. */
  readonly hint: string;
  /** It names something that may be there without being rendered. */
  readonly isMissing?: true;
}

/** One patch that was carried out, with the faults of all that it can have touched. */
export interface Step {
  readonly patch: Patch;
  /** What the patch names, in the words of `Fault.object`. */
  readonly object: string;
  readonly before: readonly Fault[];
  readonly after: readonly Fault[];
}

/** Faults that patches brought and that no later one took back, each at the last patch that brought it. */
export function broughtFaults(steps: Iterable<Step>): readonly Finding[] {
  const open = new Map<string, Finding>();
  for (const step of steps) {
    const before = new Set(step.before.map(keyOf));
    const after = new Map(step.after.map((fault) => [keyOf(fault), fault]));
    for (const key of before) if (!after.has(key)) open.delete(key);
    for (const [key, fault] of after) if (!before.has(key)) open.set(key, findingOf(step, fault));
  }
  return [...open.values()];
}

function keyOf({ object, path, wrong }: Fault): string {
  return JSON.stringify([object, path, wrong]);
}

function findingOf({ patch, object: patched }: Step, { object, path, wrong, hint, isMissing }: Fault): Finding {
  const what = isMissing ? 'names something that is not rendered' : 'cannot work';
  return {
    code: isMissing ? 'AG536' : 'AG535',
    pointer: object === patched ? placeOf(patch, path) : pointerTo(patch.origin, patch.change.kind),
    message: `with the patch ${object} ${what}: ${path === '' ? '' : `${path}: `}${wrong}`,
    hint,
  };
}

/** What in the patch says what stands at `path` of its object; of a merge the nearest place that is written counts. */
function placeOf({ origin, change }: Patch, path: string): Pointer {
  if (change.kind === 'merge') return pointerTo(origin, 'merge') + path;
  const at = change.steps.findLastIndex(({ op, path: of }) => op !== 'test' && isOneWay(path, of.replace(/\/-$/, '')));
  return at === -1 ? pointerTo(origin, 'json') : pointerTo(origin, 'json', at);
}

/** Whether one of two pointers leads on where the other one ends. */
function isOneWay(a: string, b: string): boolean {
  return `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);
}

/** Texts that stand in a list for the second time or more, each with its place. */
export function repeated(
  texts: readonly (string | undefined)[],
): readonly { readonly text: string; readonly at: number }[] {
  const seen = new Set<string>();
  return texts.flatMap((text, at) => {
    if (text === undefined) return [];
    if (seen.has(text)) return [{ text, at }];
    seen.add(text);
    return [];
  });
}

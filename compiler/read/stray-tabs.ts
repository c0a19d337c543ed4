import type { Mistake } from './node.ts';

/**
 * Tabs outside text and comments. YAML allows some of them, but how far one indents depends on the editor.
 * `scalars` are the places of text: start, end, start, end, … in order.
 */
export function strayTabs(text: string, scalars: readonly number[]): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  let next = 0;
  for (let at = text.indexOf('\t'); at >= 0 && mistakes.length < 10; at = text.indexOf('\t', at + 1)) {
    while (next < scalars.length && (scalars[next + 1] ?? 0) <= at) next += 2;
    if ((scalars[next] ?? Number.POSITIVE_INFINITY) <= at) continue;
    const lineStart = text.lastIndexOf('\n', at) + 1;
    const from = Math.max(lineStart, next > 0 ? (scalars[next - 1] ?? 0) : 0);
    if (text.slice(from, at).includes('#')) continue;
    mistakes.push(tabAt(at, text.slice(lineStart, at).trim() === ''));
  }
  return mistakes;
}

/** The mistake for a tab at this offset. */
export function tabAt(at: number, indents = true): Mistake {
  return {
    code: 'AG105',
    start: at,
    end: at + 1,
    message: 'a tab stands where only spaces may',
    hint: indents ? 'replace it by spaces, two for each level' : 'replace it by a space',
    ...(!indents && { fix: { title: 'write a space', edits: [{ start: at, end: at + 1, text: ' ' }] } }),
  };
}

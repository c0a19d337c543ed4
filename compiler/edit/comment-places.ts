import { type Document, isCollection, isMap, isScalar, type Node, type Pair, type Scalar, visit } from 'yaml';

/**
 * Gives every comment that stands above a key, no deeper than the key, to that key. The parser takes a run of comments as
 * one: when its first line belongs to the end of the block above, so does the last, and would be indented like that block.
 *
 * @param text that the document was read from
 */
export function placeComments(document: Document, text: string): void {
  visit(document, {
    Map: (_, map) => {
      if (map.flow === true) return;
      const pairs = map.items as Pair<Node, Node | null>[];
      for (const [at, { key }] of pairs.entries()) {
        const above = pairs[at - 1]?.value;
        if (above && isScalar(key)) giveBack(key, above, text);
      }
    },
  });
}

function giveBack(key: Scalar, above: Node, text: string): void {
  const { comments, isApart } = commentsAbove(text, key.range?.[0] ?? 0);
  if (comments.length === 0 || endsWith(key.commentBefore, comments)) return;
  const holder = lastNodes(above).find(({ comment }) => endsWith(comment, comments));
  if (holder === undefined) return;
  holder.comment = without(holder.comment ?? '', comments.length);
  key.commentBefore = [...comments, ...(key.commentBefore ? [key.commentBefore] : [])].join('\n');
  if (isApart) key.spaceBefore = true;
}

/** Lines of comments right above a place, up to one that stands deeper, and whether a blank line is above them. */
function commentsAbove(
  text: string,
  place: number,
): { readonly comments: readonly string[]; readonly isApart: boolean } {
  const comments: string[] = [];
  let isApart = false;
  let end = text.lastIndexOf('\n', place - 1);
  const column = place - end - 1;
  while (end >= 0) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const [, indent = '', comment] = /^( *)(?:#(.*))?$/.exec(text.slice(start, end)) ?? [];
    const isBlank = comment === undefined && start + indent.length === end;
    if (!isBlank && (comment === undefined || indent.length > column)) break;
    if (comment !== undefined) comments.unshift(comment);
    isApart = isBlank;
    end = start - 1;
  }
  return { comments, isApart };
}

/** A node and what ends where it ends. */
function lastNodes(node: Node): readonly Node[] {
  if (!isCollection(node)) return [node];
  const last: unknown = node.items.at(-1);
  const below = isMap(node) ? (last as Pair<Node, Node | null> | undefined)?.value : (last as Node | undefined);
  return below ? [node, ...lastNodes(below)] : [node];
}

function endsWith(comment: string | null | undefined, lines: readonly string[]): boolean {
  const written = (comment ?? '').split('\n').filter((line) => line.trim() !== '');
  return written.length >= lines.length && lines.every((line, at) => written.at(at - lines.length) === line);
}

/** The comment without its last lines that are not blank; null when nothing is left. */
function without(comment: string, count: number): string | null {
  const lines = comment.split('\n');
  for (let left = count; left > 0; ) if (lines.pop()?.trim() !== '') left--;
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines.length === 0 ? null : lines.join('\n');
}

import type { Mistake } from './node.ts';

/** A line such as `%YAML 1.1` at `start`. Only that version is safe to delete: other directives change what tags mean. */
export function directiveAt(text: string, start: number): Mistake {
  const found = text.indexOf('\n', start);
  const end = found < 0 ? text.length : found;
  const isVersion = /^%YAML 1\.2\s*$/.test(text.slice(start, end));
  return {
    code: 'AG118',
    start,
    end,
    message: 'YAML directives are not used here',
    hint: 'delete the line; the file is always YAML 1.2',
    ...(isVersion && {
      fix: { title: 'delete the line', edits: [{ start, end: Math.min(end + 1, text.length), text: '' }] },
    }),
  };
}

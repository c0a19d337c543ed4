import { createHash } from 'node:crypto';
import type { Diagnostic } from '../../schema/diagnostic.ts';
import { reportPath } from './report-path.ts';

/**
 * A name for each diagnostic that stays when lines above it come or go: what it says and the pointer it is about, or the
 * line itself where the text could not be read. Equal ones are numbered in order.
 */
export function fingerprints(
  diagnostics: readonly Diagnostic[],
  texts: Readonly<Record<string, string>>,
): readonly string[] {
  const seen = new Map<string, number>();
  return diagnostics.map(({ code, file, pointer, message, range }) => {
    const line = pointer === '' ? (texts[file]?.split(/\r?\n/)[range.start.line - 1] ?? '').trim() : '';
    const parts = [reportPath(file), code, pointer, message, line];
    const key = JSON.stringify(parts);
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    return createHash('sha256')
      .update(JSON.stringify([...parts, number]))
      .digest('hex')
      .slice(0, 40);
  });
}

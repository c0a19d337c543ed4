import type { Diagnostic, Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Document } from '../../schema/document.ts';

/**
 * Findings of any stage as diagnostics with places: sorted by place, then code, then message; the same thing said twice
 * is said once. A place that the file does not have (a default) becomes its nearest parent.
 */
export function diagnose(document: Document, findings: readonly Finding[]): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const finding of findings) {
    const diagnostic = toDiagnostic(document, finding);
    const { code, message, range } = diagnostic;
    const identity = `${range.start.offset} ${range.end.offset} ${code} ${message}`;
    if (!found.has(identity)) found.set(identity, diagnostic);
  }
  return sortDiagnostics([...found.values()]);
}

/** The order of the file; what has the same place is sorted by code and words, so that it never depends on chance. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) =>
      a.range.start.offset - b.range.start.offset ||
      a.range.end.offset - b.range.end.offset ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
}

function toDiagnostic(document: Document, finding: Finding): Diagnostic {
  const { code, severity = 'error', pointer, at = 'value', message, hint, related = [] } = finding;
  const locate = (to: Pointer, what: 'key' | 'value' = 'value') => document.locate(to, what);
  return {
    code,
    severity,
    message,
    ...(hint !== undefined && { hint }),
    file: document.file,
    range: locate(pointer, at),
    pointer,
    related: related.map((place) => ({
      file: document.file,
      range: locate(place.pointer, place.at),
      message: place.message,
    })),
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

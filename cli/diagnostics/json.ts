import type { Diagnostic } from '../../schema/diagnostic.ts';

/** Diagnostics for programs: one JSON value, all of them, in the order of the text form. */
export function diagnosticsJson(file: string, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return `${JSON.stringify({ file, errors, warnings: diagnostics.length - errors, diagnostics }, null, 2)}\n`;
}

import type { Reported } from './report.ts';

/**
 * Diagnostics for programs: one JSON value, all of them, in the order of the text form. `version` grows when a member
 * goes or changes its meaning; new members may come at any time. docs/guides/diagnostics.md describes it.
 */
export function diagnosticsJson({ file, diagnostics, fixed }: Reported): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  return `${JSON.stringify({ version: 1, file, errors, warnings, diagnostics, ...(fixed && { fixed }) }, null, 2)}\n`;
}

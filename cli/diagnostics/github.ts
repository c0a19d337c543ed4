import type { Reported } from './report.ts';
import { reportPath } from './report-path.ts';

/**
 * Annotations as a GitHub Actions job prints them, a line for each; Forgejo and Gitea show them as plain lines.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
export function diagnosticsGithub({ diagnostics }: Reported): string {
  return diagnostics
    .map(({ code, severity, message, hint, file, range: { start, end } }) => {
      const place: readonly (readonly [string, string | number])[] = [
        ['file', reportPath(file)],
        ['line', start.line],
        ['col', start.column],
        ['endLine', end.line],
        // Columns count only within one line, and the last one belongs to the place.
        ...(end.line === start.line ? [['endColumn', Math.max(start.column, end.column - 1)] as const] : []),
        ['title', code],
      ];
      const properties = place.map(([name, value]) => `${name}=${escapedProperty(String(value))}`).join(',');
      return `::${severity} ${properties}::${escaped(hint === undefined ? message : `${message}\nnext: ${hint}`)}\n`;
    })
    .join('');
}

/** As https://github.com/actions/toolkit (packages/core/src/command.ts) escapes data. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

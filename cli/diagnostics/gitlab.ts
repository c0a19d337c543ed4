import { fingerprints } from './fingerprint.ts';
import type { Reported } from './report.ts';
import { reportPath } from './report-path.ts';

/**
 * A GitLab code quality report: a JSON list, and an empty one when there is nothing to say, so that GitLab sees what was
 * resolved. Members as in https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
 */
export function diagnosticsGitlab({ diagnostics, texts }: Reported): string {
  const names = fingerprints(diagnostics, texts);
  const issues = diagnostics.map(({ code, severity, message, hint, file, range }, index) => ({
    description: `${code}: ${message}${hint === undefined ? '' : `; next: ${hint}`}`,
    check_name: code,
    fingerprint: names[index],
    severity: severity === 'error' ? 'major' : 'minor',
    location: { path: reportPath(file), lines: { begin: range.start.line, end: range.end.line } },
  }));
  return `${JSON.stringify(issues, null, 2)}\n`;
}

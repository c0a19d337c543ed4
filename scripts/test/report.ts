import { formatTable } from '../table.ts';
import type { SuiteResult } from './run-suite.ts';

export interface Judgement {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** A skip is a failure here. */
  readonly strict: boolean;
}

/** Adds the suites up. Trouble counts as a failure; with `strict` (`CI=true`) so does every skipped suite and test. */
export function judge(results: readonly SuiteResult[], strict: boolean): Judgement {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const { available, counts, trouble } of results) {
    passed += counts?.passed ?? 0;
    failed += (counts?.failed ?? 0) + (trouble === undefined ? 0 : 1);
    skipped += (counts?.skipped ?? 0) + (available.ok ? 0 : 1);
  }
  return strict ? { passed, failed: failed + skipped, skipped, strict } : { passed, failed, skipped, strict };
}

/** The table of suites, the tests that passed only when tried again, and, as the last line, the sums. */
export function report(results: readonly SuiteResult[], judgement: Judgement): string {
  const header = ['suite', 'against', 'passed', 'failed', 'skipped', 'time', 'remark'];
  const sums = `${judgement.passed} passed, ${judgement.failed} failed, ${judgement.skipped} skipped`;
  const strict = judgement.strict && judgement.skipped > 0 ? ' (CI=true: each skip counts as a failure)' : '';
  return `\n${formatTable(results.map(row), header)}\n${retried(results)}\n${sums}${strict}`;
}

/** A test that is tried again is a fault of the test or of the product; it is told by name. */
function retried(results: readonly SuiteResult[]): string {
  const lines = results.flatMap(({ suite, counts }) =>
    (counts?.retried ?? []).map((name) => `passed only when tried again: ${suite.name}: ${name}\n`),
  );
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

function row({ suite, available, counts, trouble, wallMs }: SuiteResult): string[] {
  const time = wallMs === 0 ? '' : `${(wallMs / 1000).toFixed(1)} s`;
  if (!available.ok) return [suite.name, '–', '', '', 'all', time, available.reason];
  const figures = [counts?.passed, counts?.failed, counts?.skipped].map((count) =>
    count === undefined ? '' : `${count}`,
  );
  const again = counts?.retried.length ?? 0;
  const remarks = [trouble ?? [], again === 0 ? [] : `${again} tried again`].flat();
  return [suite.name, available.what, ...figures, time, remarks.join('; ')];
}

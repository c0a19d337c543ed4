export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Full names of tests that passed only when they were tried again. */
  readonly retried: readonly string[];
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly Assertion[];
  }[];
}

interface Assertion {
  readonly status: string;
  readonly fullName: string;
  /** Of every try: a test that passed in the end keeps those of the tries before. */
  readonly failureMessages: readonly string[];
}

/** Counts tests. A file that failed without a failed test (it could not be loaded, a hook threw) counts as one failure. */
export function countTests(report: unknown): Counts {
  const { testResults } = report as Report;
  const counts = { passed: 0, failed: 0, skipped: 0, retried: [] as string[] };
  for (const { status, assertionResults } of testResults) {
    const failed = assertionResults.filter((result) => result.status === 'failed').length;
    const passed = assertionResults.filter((result) => result.status === 'passed').length;
    counts.passed += passed;
    counts.failed += failed === 0 && status === 'failed' ? 1 : failed;
    counts.skipped += assertionResults.length - failed - passed;
    const again = assertionResults.filter((test) => test.status === 'passed' && test.failureMessages.length > 0);
    counts.retried.push(...again.map((test) => test.fullName));
  }
  return counts;
}

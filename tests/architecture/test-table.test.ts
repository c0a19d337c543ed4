import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programOf } from '../../scripts/check/program.ts';
import { countTests } from '../../scripts/test/count-tests.ts';
import { judge, report } from '../../scripts/test/report.ts';
import type { SuiteResult } from '../../scripts/test/run-suite.ts';
import type { Suite } from '../suites.ts';

const root = join(import.meta.dirname, '../..');
const suite = (name: string): Suite => ({
  name,
  about: '',
  include: [],
  exclude: [],
  real: name !== 'unit',
  retries: 0,
});

const fine: SuiteResult = {
  suite: suite('unit'),
  available: { ok: true, what: 'node 24.21.0' },
  counts: { passed: 12, failed: 0, skipped: 0, retried: [] },
  wallMs: 3210,
};
const absent: SuiteResult = {
  suite: suite('browser'),
  available: { ok: false, reason: 'no Chromium here' },
  wallMs: 0,
};
const crashed: SuiteResult = {
  suite: suite('docker'),
  available: { ok: true, what: 'Docker Engine 20.10.24' },
  trouble: 'it ended without a result (SIGKILL)',
  wallMs: 61_000,
};

const shown = (results: readonly SuiteResult[], strict: boolean): string => report(results, judge(results, strict));

describe('the table at the end of npm test', () => {
  it('says what ran against what, and why the rest did not', () => {
    expect(shown([fine, absent], false)).toMatchInlineSnapshot(`
      "
      suite    against       passed  failed  skipped  time   remark
      ───────  ────────────  ──────  ──────  ───────  ─────  ────────────────
      unit     node 24.21.0  12      0       0        3.2 s
      browser  –                             all             no Chromium here

      12 passed, 0 failed, 1 skipped"
    `);
  });

  it('counts a crash as a failure', () => {
    expect(judge([fine, crashed], false)).toMatchObject({ passed: 12, failed: 1 });
    expect(shown([fine, crashed], false)).toMatchInlineSnapshot(`
      "
      suite   against                 passed  failed  skipped  time    remark
      ──────  ──────────────────────  ──────  ──────  ───────  ──────  ───────────────────────────────────
      unit    node 24.21.0            12      0       0        3.2 s
      docker  Docker Engine 20.10.24                           61.0 s  it ended without a result (SIGKILL)

      12 passed, 1 failed, 0 skipped"
    `);
  });

  it('names the tests that passed only when they were tried again', () => {
    const flaky: SuiteResult = {
      ...fine,
      suite: suite('docker'),
      counts: { passed: 3, failed: 0, skipped: 0, retried: ['drift wakes on events'] },
    };
    expect(shown([fine, flaky], true)).toMatchInlineSnapshot(`
      "
      suite   against       passed  failed  skipped  time   remark
      ──────  ────────────  ──────  ──────  ───────  ─────  ─────────────
      unit    node 24.21.0  12      0       0        3.2 s
      docker  node 24.21.0  3       0       0        3.2 s  1 tried again

      passed only when tried again: docker: drift wakes on events

      15 passed, 0 failed, 0 skipped"
    `);
  });

  it('counts a skip as a failure under CI=true', () => {
    expect(judge([fine, absent], true)).toMatchObject({ failed: 1, skipped: 1 });
    expect(shown([fine, absent], true)).toMatch(
      /12 passed, 1 failed, 1 skipped \(CI=true: each skip counts as a failure\)$/,
    );
  });
});

describe('counting tests', () => {
  const file = (status: string, ...states: string[]): unknown => ({
    status,
    assertionResults: states.map((state) => ({ status: state, fullName: 'one', failureMessages: [] })),
  });

  it('counts what passed, failed and was left out', () => {
    const counts = countTests({
      testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed', 'pending', 'todo')],
    });
    expect(counts).toEqual({ passed: 2, failed: 1, skipped: 2, retried: [] });
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(countTests({ testResults: [file('failed')] })).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts a file whose set-up failed as a failure, although its tests were only skipped', () => {
    expect(countTests({ testResults: [file('failed', 'skipped', 'skipped')] })).toMatchObject({
      passed: 0,
      failed: 1,
      skipped: 2,
    });
  });

  it('finds in the report of vitest itself which test was tried again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'autogit-retry-'));
    try {
      const text = `let tries = 0; test('shaky', () => expect((tries += 1)).toBe(2)); test('firm', () => {});`;
      writeFileSync(join(folder, 'a.test.mjs'), text);
      const args = [
        'run',
        '--root',
        folder,
        '--globals',
        '--retry',
        '1',
        '--reporter',
        'json',
        '--outputFile',
        'r.json',
      ];
      execFileSync(process.execPath, [programOf(root, 'vitest'), ...args], { cwd: folder, stdio: 'ignore' });
      const report: unknown = JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'));
      expect(countTests(report)).toEqual({ passed: 2, failed: 0, skipped: 0, retried: ['shaky'] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

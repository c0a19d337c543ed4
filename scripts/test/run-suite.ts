import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from '../../tests/suites.ts';
import { programOf } from '../check/program.ts';
import { type Available, findAvailable } from './available.ts';
import { type Counts, countTests } from './count-tests.ts';

const SUITE_LIMIT_MS = 30 * 60 * 1000;

/** What became of one suite. `counts` is absent when it did not run. `trouble` says what went wrong beyond failed tests. */
export interface SuiteResult {
  readonly suite: Suite;
  readonly available: Available;
  readonly counts?: Counts;
  readonly trouble?: string;
  readonly wallMs: number;
}

/** Runs one suite if it can run here, its output on the terminal. A crash is a result with `trouble`, never an exception. */
export async function runSuite(
  root: string,
  suite: Suite,
  options: { readonly update: boolean },
): Promise<SuiteResult> {
  const available = await findAvailable(root, suite);
  if (!available.ok) return { suite, available, wallMs: 0 };
  console.log(
    `\n── ${suite.name} (${available.what}) ${'─'.repeat(Math.max(0, 90 - suite.name.length - available.what.length))}`,
  );
  const folder = await mkdtemp(join(tmpdir(), 'autogit-suite-'));
  const startedMs = performance.now();
  try {
    const file = join(folder, 'result.json');
    const end = await runVitest(root, suite, file, options);
    const wallMs = performance.now() - startedMs;
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) return { suite, available, wallMs, trouble: `it ended without a result (${end.how})` };
    const counts = countTests(JSON.parse(text));
    const trouble = troubleOf(counts, end);
    return { suite, available, counts, wallMs, ...(trouble === undefined ? {} : { trouble }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface End {
  readonly ok: boolean;
  readonly how: string;
}

/** A suite must have run something, and an exit code other than 0 must be explained by a failed test. */
function troubleOf(counts: Counts, end: End): string | undefined {
  if (counts.failed > 0) return undefined;
  if (!end.ok) return `no test failed, but it ended badly (${end.how})`;
  return counts.passed + counts.skipped === 0 ? 'no test ran' : undefined;
}

function runVitest(root: string, suite: Suite, file: string, { update }: { readonly update: boolean }): Promise<End> {
  const args = ['run', '--project', suite.name, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [programOf(root, 'vitest'), ...args, ...(update ? ['--update'] : [])], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    const limit = setTimeout(() => child.kill('SIGKILL'), SUITE_LIMIT_MS);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    const done = (end: End): void => {
      clearTimeout(limit);
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(end);
    };
    child.on('error', (error) => done({ ok: false, how: error.message }));
    child.on('exit', (code, signal) => done({ ok: code === 0, how: signal ?? `exit code ${code}` }));
  });
}

import { availableParallelism } from 'node:os';

export interface CheckOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  /** Mend what can be mended before judging. */
  readonly fix: boolean;
}

/** What one check found. `output` is shown when it failed; `note` (one line, may be empty) stands in the table. */
export interface Finding {
  readonly ok: boolean;
  readonly output: string;
  readonly note?: string;
}

export interface Check {
  readonly name: string;
  readonly about: string;
  /** Changes files under `--fix`, so it runs before the others then. */
  readonly fixes?: boolean;
  run(options: CheckOptions): Promise<Finding>;
}

export interface CheckResult extends Finding {
  readonly check: Check;
  readonly note: string;
  readonly wallMs: number;
}

/** Runs the checks, as many at once as there are processors, and returns the results in the order given. */
export async function runChecks(checks: readonly Check[], options: CheckOptions): Promise<readonly CheckResult[]> {
  const results = new Map<Check, CheckResult>();
  const queue = [...checks];
  if (options.fix) {
    for (const check of checks.filter(({ fixes }) => fixes === true)) {
      results.set(check, await runCheck(check, options));
      queue.splice(queue.indexOf(check), 1);
    }
  }
  const worker = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      results.set(check, await runCheck(check, options));
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  return checks.flatMap((check) => results.get(check) ?? []);
}

async function runCheck(check: Check, options: CheckOptions): Promise<CheckResult> {
  const startedMs = performance.now();
  const finding = await tryCheck(check, options);
  return { note: '', ...finding, check, wallMs: performance.now() - startedMs };
}

/** A check that throws has failed; its error is what it found. */
async function tryCheck(check: Check, options: CheckOptions): Promise<Finding> {
  try {
    return await check.run(options);
  } catch (error) {
    return { ok: false, output: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

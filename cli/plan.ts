import { planText } from '../reconciler/plan/text.ts';
import type { CycleResult, NoPlan, PlanResult } from '../reconciler/ports/reconciler.ts';
import { applyCommand } from './apply-command.ts';
import { type Answer, askService } from './ask-service.ts';
import type { Options } from './commands.ts';
import { exitCode } from './exit-code.ts';
import { outputFormat } from './output-format.ts';
import { problemCode } from './problem-code.ts';
import { stateOf, wireOptions } from './service-options.ts';
import { nobodyAnswers } from './status.ts';
import { explained, UsageError } from './usage-error.ts';
import { hasState, type WireOptions, wire } from './wire.ts';

/**
 * `autogit plan`: what a cycle would do now. The running reconciler of the state folder is asked; without one the world
 * is read from here. Exit code 2 when something would change, else 1 for a rejected file, 69 when the world
 * cannot be read, 0 when all is as it should be. Nothing is written anywhere.
 */
export async function runPlan(given: Options): Promise<number> {
  try {
    const format = outputFormat(given);
    const answer = await askService({ state: stateOf(given), path: '/api/plan', timeoutMs: 120_000 });
    if (answer.kind === 'silent') return silent(stateOf(given), answer);
    if (answer.kind === 'answer') {
      tellWhoAnswers(given);
      return print(answer.body as PlanResult, format, { state: given.state });
    }
    if (answer.kind === 'unreadable' && answer.folder === stateOf(given)) return silent(stateOf(given), answer);
    return await plan({ ...(await wireOptions(given)), log: { format: 'text', level: 'error' } }, format, given);
  } catch (error) {
    return explained(error);
  }
}

async function plan(options: Omit<WireOptions, 'open'>, format: 'text' | 'json', given: Options): Promise<number> {
  const wired = await wire({ ...options, ...readOnlyState(options.state) });
  try {
    return print(await wired.reconciler.plan(), format, given);
  } finally {
    wired.close();
  }
}

/** A state that was never made is not made by looking: the plan is that of a first start. */
function readOnlyState(state: string): { readonly state: string; readonly open: 'make' | 'existing' } {
  return hasState(state) ? { state, open: 'existing' } : { state: ':memory:', open: 'make' };
}

/** A running reconciler has its own source: one that is named here as well would be passed over in silence. */
function tellWhoAnswers(given: Options): void {
  const named = ['repo', 'file', 'env'].filter((flag) => given[flag] !== undefined).map((flag) => `--${flag}`);
  if (named.length > 0)
    process.stderr.write(
      `note: the reconciler that runs on ${stateOf(given)} answers for what it follows; ${named.join(' and ')} is not looked at\n`,
    );
}

function silent(state: string, answer: Extract<Answer, { kind: 'silent' | 'unreadable' }>): number {
  process.stderr.write(nobodyAnswers(state, answer));
  return exitCode.unavailable;
}

/** The sentence holds the first of the lines. */
function problemText({ sentence, lines }: NoPlan): string {
  return `${[sentence, ...lines.slice(1)].join('\n')}\n`;
}

/** `given`: the flags that `apply` needs to see the same world. */
function print(result: PlanResult, format: 'text' | 'json', given: Options): number {
  if (format === 'json') process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (!result.ok) {
    if (format === 'text') process.stderr.write(problemText(result.problem));
    return problemCode(result.problem);
  }
  if (format === 'text') {
    if (result.problem !== undefined) process.stderr.write(`note: ${result.problem.sentence}\n`);
    process.stdout.write(`${planText(result.plan)}\n`);
    if (result.plan.actions.length > 0)
      process.stdout.write(`\nto do exactly this: ${applyCommand(result.plan.digest, given)}\n`);
  }
  if (result.plan.actions.length > 0) return exitCode.different;
  if (result.problem !== undefined) return problemCode(result.problem);
  return result.unread.length === 0 ? exitCode.fine : exitCode.unavailable;
}

/** `autogit apply --plan DIGEST`: does what that plan says, or nothing when the world asks for another plan by now. */
export async function runApply(given: Options): Promise<number> {
  try {
    if (typeof given.plan !== 'string')
      throw new UsageError('name the plan to apply: run `autogit plan`, then `autogit apply --plan DIGEST`');
    return await apply(given, given.plan);
  } catch (error) {
    return explained(error);
  }
}

async function apply(given: Options, digest: string): Promise<number> {
  const state = stateOf(given);
  const answer = await askService({ state, path: '/api/apply', body: { digest }, timeoutMs: 3_600_000 });
  if (answer.kind === 'silent') return silent(state, answer);
  if (answer.kind === 'answer') {
    tellWhoAnswers(given);
    if (answer.code === 200) return printApplied(answer.body as CycleResult);
    process.stderr.write(
      `${(answer.body as { readonly error?: string; readonly message?: string }).error ?? 'refused'}\n`,
    );
    return exitCode.failed;
  }
  const wired = await wire({ ...(await wireOptions(given)), open: 'make' });
  try {
    return printApplied(await wired.reconciler.applyPlan(digest));
  } finally {
    wired.close();
  }
}

function printApplied(result: CycleResult): number {
  for (const [id, outcome] of Object.entries(result.outcomes)) {
    const detail = outcome.kind === 'failed' ? outcome.failure.detail : (outcome.detail ?? '');
    process.stdout.write(`${outcome.kind} ${id}${detail === '' ? '' : `: ${detail}`}\n`);
    if (outcome.kind === 'failed') for (const line of outcome.logs ?? []) process.stdout.write(`    | ${line}\n`);
  }
  if (result.problem !== undefined) process.stderr.write(problemText(result.problem));
  return result.clean ? exitCode.fine : exitCode.failed;
}

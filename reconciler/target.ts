import type { Diagnostic } from '../schema/diagnostic.ts';
import { filesText } from './model/commit-files.ts';
import type { Desired } from './model/desired.ts';
import type { Policy } from './model/policy.ts';
import type { RevisionRecord } from './model/record.ts';
import type { Failure } from './model/result.ts';
import { withDeadline } from './observe/deadline.ts';
import { readFingerprints } from './observe/fingerprints.ts';
import { besides, type Candidate, chooseRevision, keepLastGood, shortRevision } from './plan/choose-revision.ts';
import { desire } from './plan/desire.ts';
import { policyViolations, type Violation } from './plan/policy.ts';
import type { Clock } from './ports/clock.ts';
import type { Compilation, Compile } from './ports/compile.ts';
import type { NoPlan } from './ports/reconciler.ts';
import type { SecretReader } from './ports/secrets.ts';
import type { Source, SourceRevision } from './ports/source.ts';

/** What is pursued in this cycle. */
export interface Target {
  readonly candidate: Candidate;
  readonly desired: Desired;
  readonly missingSecrets: Readonly<Record<string, string>>;
}

export interface Sought {
  /** Absent when there is nothing that could be pursued. */
  readonly target?: Target;
  /** Why it is not the newest revision. */
  readonly problem?: NoPlan;
  /** The newest revision that was seen. */
  readonly head?: SourceRevision;
  readonly checkedAt?: number;
  /** Why the last look at the source failed. */
  readonly failure?: Failure;
}

export interface TargetFinder {
  /** `force`: look at the source now, even when its interval is not over. Writes nothing. */
  find(history: readonly RevisionRecord[], force: boolean, signal: AbortSignal): Promise<Sought>;
}

export interface TargetOptions {
  readonly source: Source;
  readonly compile: Compile;
  readonly secrets: SecretReader;
  readonly policy: Policy;
  readonly clock: Clock;
  /** The name that the objects of this reconciler carry; undefined while there are none. */
  readonly knownName: () => string | undefined;
}

/** Time for one look at the source, a fetch included, milliseconds. */
const lookMs = 120_000;
/** Longest wait between two looks at a source that fails, milliseconds. */
const failingMaxMs = 600_000;

/** Looks at the source when it is due, chooses a revision, compiles it, and falls back to the last good one. */
export function createTargetFinder(options: TargetOptions): TargetFinder {
  const { source, clock, policy, secrets } = options;
  const { file } = source;
  const compiled = new Map<string, Promise<Compilation>>();
  let head: SourceRevision | undefined;
  let failure: Failure | undefined;
  let checkedAt: number | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let intervalMs = 30_000;

  async function look(signal: AbortSignal): Promise<void> {
    const result = await withDeadline(clock, { ms: lookMs, what: `reading ${source.name}`, signal }, (limit) =>
      source.head(limit),
    );
    checkedAt = clock.now();
    failures = result.ok ? 0 : failures + 1;
    failure = result.ok ? undefined : result.failure;
    if (result.ok) head = result.value;
    lookedAt = clock.monotonic();
  }

  /** Asked of the interval of now: the file may have changed it since the last look. */
  function isDue(): boolean {
    const waitMs = Math.min(intervalMs * 2 ** failures, Math.max(failingMaxMs, intervalMs));
    // A little less than the interval, so that a loop with jitter finds it due each time.
    return clock.monotonic() >= lookedAt + waitMs * 0.85;
  }

  function compile({ text, lock, files }: Candidate): Promise<Compilation> {
    const key = `${text}\0${lock ?? ''}\0${filesText(files)}`;
    const bytes = (content: string) => new TextEncoder().encode(content);
    const input = { file, bytes: bytes(text), ...(lock === undefined ? {} : { lock: bytes(lock) }) };
    const made = compiled.get(key) ?? options.compile({ ...input, ...(files === undefined ? {} : { files }) });
    compiled.delete(key);
    compiled.set(key, made);
    // The newest, the last good one and one more: a roll-back compiles nothing anew.
    for (const old of [...compiled.keys()].slice(0, -3)) compiled.delete(old);
    return made;
  }

  async function build(candidate: Candidate, isNew: boolean): Promise<Target | NoPlan> {
    const { diagnostics, platform, projects, locate } = await compile(candidate);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (platform === undefined || errors.length > 0) return rejected(candidate, errors.map(diagnosticLine));
    const name = options.knownName();
    if (isNew && name !== undefined && name !== platform.name)
      return rejected(candidate, [await renamedLine(file, name, platform.name, locate)]);
    intervalMs = platform.gitops.intervalMs;
    const { fingerprints, missing } = await readFingerprints({ platform, projects, secrets, files: candidate.files });
    const desired = desire({ revision: candidate.revision, platform, projects, fingerprints });
    const violations = isNew ? policyViolations(desired, policy) : [];
    if (violations.length > 0)
      return rejected(
        candidate,
        await Promise.all(violations.map((one) => violationLine(file, one, locate))),
        ' as a whole by the policy of this machine',
      );
    return { candidate, desired, missingSecrets: missing };
  }

  async function find(history: readonly RevisionRecord[], force: boolean, signal: AbortSignal): Promise<Sought> {
    if (force || isDue()) await look(signal);
    const seen = {
      ...(head && { head }),
      ...(checkedAt !== undefined && { checkedAt }),
      ...(failure && { failure }),
    };
    const down = failure && sourceDown(source.name, failure);
    const choice =
      head === undefined
        ? keepLastGood(history, down?.sentence ?? 'nothing was read yet')
        : chooseRevision(candidateOf(head), history);
    if (choice.kind === 'nothing')
      return { ...seen, problem: down ?? { kind: 'nothing-to-follow', sentence: choice.because, lines: [] } };
    const isNew = choice.kind === 'follow';
    const built = await build(choice.candidate, isNew);
    const kept = isNew || down !== undefined ? down : quarantined(choice.because);
    if (!('kind' in built)) return { ...seen, target: built, ...(kept && { problem: kept }) };
    const fallback = keepLastGood(history, built.sentence, choice.candidate);
    if (!isNew || fallback.kind === 'nothing') return { ...seen, problem: built };
    const old = await build(fallback.candidate, false);
    return 'kind' in old ? { ...seen, problem: built } : { ...seen, target: old, problem: built };
  }

  return { find };
}

function candidateOf(head: SourceRevision): Candidate {
  return { revision: head.revision, text: head.text, ...besides(head) };
}

/** `autogit.yaml:12:5 AG201 unknown key "imagee"`. */
function diagnosticLine({ file: name, range, code, message, hint }: Diagnostic): string {
  return `${name}:${range.start.line}:${range.start.column} ${code} ${message}${hint === undefined ? '' : `; ${hint}`}`;
}

/** A platform under another name would be a second, empty one beside the first, on the same ports. */
async function renamedLine(file: string, before: string, now: string, locate: Compilation['locate']): Promise<string> {
  const place = await locate?.('/name');
  const where = place === undefined ? '' : `:${place.line}:${place.column}`;
  return `${file}${where} the platform ${before} is called ${now} now, and a platform cannot be renamed: its containers and volumes carry its name; write name: ${before} again, or follow this file with a state folder of its own (--state)`;
}

/** `autogit.yaml:12:3 AG610 image … comes from …`. */
async function violationLine(file: string, { finding }: Violation, locate: Compilation['locate']): Promise<string> {
  const { pointer, code, message, hint } = finding;
  const place = await locate?.(pointer);
  const where = place === undefined ? ` ${pointer}:` : `:${place.line}:${place.column}`;
  return `${file}${where} ${code} ${message}${hint === undefined ? '' : `; ${hint}`}`;
}

function rejected({ revision }: Candidate, lines: readonly string[], how = ''): NoPlan {
  const first = lines[0] ?? 'the compiler gave no platform';
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
  return {
    kind: 'rejected',
    sentence: `revision ${shortRevision(revision)} is rejected${how}: ${first}${more}`,
    lines,
  };
}

function sourceDown(name: string, failure: Failure): NoPlan {
  return { kind: 'source-down', sentence: `${name} cannot be read: ${failure.detail}`, lines: [], failure };
}

function quarantined(because: string): NoPlan {
  return { kind: 'quarantined', sentence: because, lines: [] };
}

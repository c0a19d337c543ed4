import type { Diagnostic, TextEdit } from '../schema/diagnostic.ts';

export interface MendInput {
  /** Name of the file in the diagnostics: what is found in other files, such as the lock, is not mended. */
  readonly file: string;
  /** Without byte order mark. */
  readonly text: string;
  /** Everything that is wrong with a text; the places are in that text. */
  readonly judge: (text: string) => Promise<readonly Diagnostic[]>;
}

export interface Mended {
  readonly text: string;
  /** What was mended, in the order of doing; the places are those of the text as it was then. */
  readonly fixed: readonly Diagnostic[];
  /** What is wrong with the new text. */
  readonly left: readonly Diagnostic[];
}

/** Most mistakes hide others behind them once; a syntax error hides one at a time. */
const mostRounds = 100;
/** Fixes that are tried alone in one round, after all of them together did not do. */
const mostAlone = 20;

/**
 * Applies the fixes of a text, and those of what comes to light then, until none is left. A fix is only kept when what it
 * mends is gone and nothing else went wrong with it. Everything outside the fixed places stays byte for byte; mending
 * what was mended changes nothing.
 */
export async function mend({ file, text, judge }: MendInput): Promise<Mended> {
  let now: Mended = { text, fixed: [], left: await judge(text) };
  for (let round = 0; round < mostRounds; round++) {
    const next = await mendOnce(now, { file, judge });
    if (next === undefined) break;
    now = next;
  }
  return now;
}

async function mendOnce(now: Mended, { file, judge }: Pick<MendInput, 'file' | 'judge'>): Promise<Mended | undefined> {
  const together = apart(now.left.filter((each) => each.fix !== undefined && each.file === file));
  const attempts = [together, ...(together.length > 1 ? together.slice(0, mostAlone).map((each) => [each]) : [])];
  for (const attempt of attempts) {
    if (attempt.length === 0) continue;
    const text = applied(now.text, attempt);
    const left = await judge(text);
    if (isBetter(now.left, left, attempt)) return { text, fixed: [...now.fixed, ...attempt], left };
  }
  return undefined;
}

/** Fixes that do not touch each other, first come first served. */
function apart(fixable: readonly Diagnostic[]): readonly Diagnostic[] {
  const taken: TextEdit[] = [];
  return fixable.filter(({ fix }) => {
    const edits = fix?.edits ?? [];
    if (edits.some((edit) => taken.some((other) => touches(edit, other)))) return false;
    taken.push(...edits);
    return true;
  });
}

function touches(a: TextEdit, b: TextEdit): boolean {
  return a.range.start.offset <= b.range.end.offset && b.range.start.offset <= a.range.end.offset;
}

function applied(text: string, fixes: readonly Diagnostic[]): string {
  const edits = fixes.flatMap(({ fix }) => fix?.edits ?? []);
  const parts: string[] = [];
  let from = 0;
  for (const { range, text: put } of edits.toSorted((a, b) => a.range.start.offset - b.range.start.offset)) {
    parts.push(text.slice(from, range.start.offset), put);
    from = range.end.offset;
  }
  return parts.join('') + text.slice(from);
}

/**
 * What was fixed is gone and nothing came. What is checked only after the rest is right (references after keys, keys after
 * syntax) is not held against a fix; nor is what stands beneath a key that was not known before, or the next syntax error,
 * if it is further down.
 */
function isBetter(before: readonly Diagnostic[], after: readonly Diagnostic[], fixes: readonly Diagnostic[]): boolean {
  const [was, is] = [reached(before), reached(after)];
  if (was !== is) return is > was;
  const known = counted(before.filter((each) => !fixes.includes(each)));
  const renamed = fixes.flatMap(newPointer);
  const isClean = after.every((each) => take(known, each) || renamed.some((key) => each.pointer.startsWith(`${key}/`)));
  if (isClean || was > 0) return isClean;
  const [first, next] = [before.find(isSyntax), after.find(isSyntax)];
  return before.length === 1 && first !== undefined && next !== undefined && isLater(next, first);
}

function isSyntax({ code }: Diagnostic): boolean {
  return code.startsWith('AG1');
}

function isLater(next: Diagnostic, first: Diagnostic): boolean {
  return next.range.start.offset > first.range.start.offset;
}

function counted(diagnostics: readonly Diagnostic[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const each of diagnostics) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  return counts;
}

function take(counts: Map<string, number>, diagnostic: Diagnostic): boolean {
  const left = counts.get(keyOf(diagnostic)) ?? 0;
  counts.set(keyOf(diagnostic), left - 1);
  return left > 0;
}

function keyOf({ code, message }: Diagnostic): string {
  return `${code} ${message}`;
}

/** Where the value of a renamed key is now. */
function newPointer({ pointer, fix, range }: Diagnostic): readonly string[] {
  const [edit] = fix?.edits ?? [];
  const isKey = edit !== undefined && edit.range.start.offset === range.start.offset;
  const name = edit?.text.replace(/^(['"])(.*)\1$/, '$2') ?? '';
  return isKey && pointer !== '' ? [`${pointer.slice(0, pointer.lastIndexOf('/'))}/${name}`] : [];
}

/** How far the checks came: syntax, keys and values, references and the rest, limits of a target, the end. */
function reached(diagnostics: readonly Diagnostic[]): number {
  const steps = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => Number(code[2]));
  const step = Math.min(...steps, 9);
  return [0, 0, 1, 2, 2, 3][step] ?? 4;
}

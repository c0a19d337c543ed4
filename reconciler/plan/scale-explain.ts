import type { Decision } from '../model/decision.ts';

/**
 * A decision as text for people: the sentence, each input with its age, each clamp in the order applied, the result.
 * `now`: wall clock, milliseconds; the ages shown are as of `now`.
 */
export function explainDecision(decision: Decision, now: number): string {
  const sinceDecision = Math.max(0, now - decision.at);
  const held = decision.held ? ', held' : '';
  const lines = [
    `pool ${decision.pool}: ${decision.current} → ${decision.desired} runners${held} (decided ${age(sinceDecision)} ago)`,
    decision.sentence,
    '',
    'inputs',
    ...table(
      decision.inputs.map((input) => [
        input.name,
        String(input.value),
        input.ageMs === undefined ? 'from the file' : `read ${age(input.ageMs + sinceDecision)} ago`,
      ]),
    ),
    '',
    'steps',
    ...table([
      ['wanted', String(decision.clamps[0]?.before ?? decision.desired), 'busy + queued + idle target'],
      ...decision.clamps.map((clamp) => [clamp.name, `${clamp.before} → ${clamp.after}`, clamp.reason]),
      ['result', String(decision.desired), ''],
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell)).join('  ')}`.trimEnd(),
  );
}

/** `4 s`, `12 min`, `3 h`. */
function age(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

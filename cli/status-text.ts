import { stripVTControlCharacters, styleText } from 'node:util';
import type { Status } from '../reconciler/model/status.ts';

const marks = { ok: '✓', changing: '…', failed: '✗', missing: '✗', unhealthy: '✗' } as const;

/** The state for a terminal: one sentence first, then what is not well, then pools and history. `now` in wall-clock ms. */
export function statusText(status: Status, options: { readonly now: number; readonly colour: boolean }): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  const name = status.environment === undefined ? status.platform : `${status.platform} (${status.environment})`;
  const lines = [paint('bold', `${name}: ${status.sentence}`)];
  if (status.embedded) lines.push('embedded engine: nothing outside the reconciler process is changed');
  lines.push(source(status, options.now));
  if (status.revision !== undefined && status.revision.revision !== status.source.revision)
    lines.push(
      `in force: ${short(status.revision.revision)}${status.revision.reason === undefined ? '' : ` (${status.revision.reason})`}`,
    );
  lines.push(
    '',
    ...table(
      status.units
        .filter((unit) => unit.kind === 'container' || unit.state !== 'ok')
        .map((unit) => [
          paint(unit.state === 'ok' ? 'green' : unit.state === 'changing' ? 'blue' : 'red', marks[unit.state]),
          unit.id,
          unit.state,
          unit.detail,
        ]),
    ),
  );
  for (const host of status.hosts.filter((each) => each.state !== 'fresh'))
    lines.push(`host ${host.id} cannot be read: ${host.detail}`);
  if (status.pools.length > 0) lines.push('', 'pools');
  for (const pool of status.pools) {
    lines.push(
      `  ${pool.pool}: ${pool.queued} waiting, ${pool.busy} busy, ${pool.idle} idle, ${pool.starting} starting; ${pool.size} of ${pool.max ?? 'what fits'}`,
    );
    if (pool.decision !== undefined) lines.push(`    ${pool.decision.sentence}`);
    lines.push(...(pool.lastFailure?.logs ?? []).map((line) => `    | ${line}`));
  }
  const holds = status.plan?.holds ?? [];
  if (holds.length > 0) lines.push('', 'held back');
  for (const hold of holds)
    lines.push(`  ${hold.subject}: ${hold.reason}${hold.next === undefined ? '' : `; ${hold.next}`}`);
  if (status.history.length > 0) lines.push('', 'history');
  lines.push(...table(status.history.slice(0, 5).map((each) => [short(each.revision), each.state, each.reason ?? ''])));
  return `${lines.join('\n')}\n`;
}

function source(status: Status, now: number): string {
  const { name, branch, revision, subject, checkedAt, failure, rewritten } = status.source;
  const where = [name, branch, revision === undefined ? undefined : short(revision), subject]
    .filter((part) => part !== undefined)
    .join(' · ');
  const when =
    checkedAt === undefined ? 'not looked at yet' : `looked ${Math.max(0, Math.round((now - checkedAt) / 1000))} s ago`;
  const notes = [
    when,
    ...(rewritten === true ? ['the branch was rewritten by a force-push'] : []),
    ...(failure === undefined ? [] : [`cannot be read: ${failure}`]),
  ];
  return `${where} (${notes.join('; ')})`;
}

function short(revision: string): string {
  return revision.replace(/^file:/, '').slice(0, 8);
}

/** Columns as wide as their widest cell; two spaces at the left. */
function table(rows: readonly (readonly string[])[]): string[] {
  const visible = (text: string): number => stripVTControlCharacters(text).length;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => visible(row[column] ?? ''))));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - visible(cell))).join('  ')}`.trimEnd(),
  );
}

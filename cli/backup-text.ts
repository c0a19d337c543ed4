import type { BackupCopy, JobEnd } from '../reconciler/backup.ts';

/** The copies as a table. `now`: wall clock, milliseconds. */
export function copiesText(copies: readonly BackupCopy[], now: number): string {
  if (copies.length === 0) return 'there is no copy yet; `autogit backup run` makes one\n';
  const rows = copies.map(({ shortId, at, host, parts, bytes }) => [
    shortId,
    `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ageText(now - at),
    host,
    bytes === undefined ? '-' : sizeText(bytes),
    parts.join(', ') || '-',
  ]);
  return table([['copy', 'time', 'age', 'host', 'size', 'holds'], ...rows]);
}

/** How each job ended. */
export function endsText(ends: readonly JobEnd[]): string {
  return table([
    ['job', 'host', 'took', ''],
    ...ends.map(({ job, host, tookMs, ok, detail }) => [
      job,
      host,
      `${Math.ceil(tookMs / 1000)} s`,
      ok ? detail : `FAILED: ${detail}`,
    ]),
  ]);
}

function table(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows
    .map((row) =>
      `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(width(column)))).join('  ')}`.trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

function ageText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 1440)} d`;
}

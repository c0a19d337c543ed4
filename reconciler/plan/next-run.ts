import { Cron } from 'croner';

/**
 * When five fields of cron come next after `afterMs` (wall clock, milliseconds) in a time zone; undefined when never. An
 * hour that the clocks skip in spring is made up for right after; one that comes twice in autumn counts once for a fixed
 * time. Fields and zone were checked by the compiler; others throw.
 */
export function nextRun(fields: string, timezone: string, afterMs: number): number | undefined {
  const cron = new Cron(fields, { mode: '5-part', timezone, paused: true });
  return cron.nextRun(isoText(afterMs))?.getTime();
}

/** `2026-11-21T03:00:00Z`, without a clock of this process. */
function isoText(ms: number): string {
  const text = new Intl.DateTimeFormat('sv-SE', { ...full, timeZone: 'UTC' }).format(Math.floor(ms / 1000) * 1000);
  return `${text.replace(' ', 'T')}Z`;
}

/** A moment as the people of a time zone write it: `2026-11-21 03:00 Europe/Madrid`. */
export function momentText(ms: number, timezone: string): string {
  const text = new Intl.DateTimeFormat('sv-SE', { ...full, second: undefined, timeZone: timezone }).format(ms);
  return `${text} ${timezone}`;
}

const full = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
} as const;

import type { Workload } from '../model/platform.ts';
import type { Gap } from './report.ts';

/** Most programs end well before their grace is over. */
const usualStopMs = 5_000;
/** From the start of a container to a program that answers, where the program is an ordinary one. */
const usualStartMs = 5_000;

/**
 * How long nothing answers when the old container has to stop before the new one starts.
 *
 * About: 5 s to stop (less, when the grace is shorter), 5 s to start, and one interval of the health check until the new
 * one is seen healthy. Up to: the whole grace, the whole start budget, and every retry of the check.
 */
export function stopFirstGap({ stopGraceMs, health }: Pick<Workload, 'stopGraceMs' | 'health'>): Gap {
  const stopMs = Math.min(stopGraceMs, usualStopMs);
  if (health === undefined) return { aboutMs: stopMs + usualStartMs };
  const { startMs, retries, intervalMs, timeoutMs } = health;
  const upToMs = stopGraceMs + startMs + retries * (intervalMs + timeoutMs);
  return { aboutMs: Math.min(stopMs + usualStartMs + intervalMs, upToMs), upToMs };
}

/** `about 20 s without service, up to 3 min 40 s`. */
export function gapText({ aboutMs, upToMs }: Gap): string {
  const about = `about ${durationText(aboutMs)} without service`;
  if (upToMs === undefined) return `${about}; without a health check nobody sees when it is ready`;
  return upToMs === aboutMs ? about : `${about}, up to ${durationText(upToMs)}`;
}

/** Whole seconds, rounded up: `45 s`, `3 min`, `3 min 40 s`, `1 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const parts = [
    ...(hours === 0 ? [] : [`${hours} h`]),
    ...(minutes === 0 ? [] : [`${minutes} min`]),
    ...(rest === 0 && seconds !== 0 ? [] : [`${rest} s`]),
  ];
  return parts.join(' ');
}

import type { Log } from '../../reconciler/ports/log.ts';

/** A log that nobody reads. */
export const silentLog: Log = {
  info: () => {},
  warn: () => {},
  error: () => {},
  debug: () => {},
  child: () => silentLog,
};

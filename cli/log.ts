/** The service's log: JSON lines by pino for machines, one plain line each for people. Every line passes the redactor. */
import type { Logger } from 'pino';
import type { Log } from '../reconciler/ports/log.ts';

export interface LogOptions {
  readonly format: 'json' | 'text';
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Replaces known secret values. */
  readonly redact: (text: string) => string;
  /** Events that the text form leaves out because something else tells them. */
  readonly silent?: readonly string[];
  /** Default: standard error. */
  readonly write?: (line: string) => void;
}

/** Loads pino only for JSON. */
export async function createLog(options: LogOptions): Promise<Log> {
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  return options.format === 'json' ? jsonLog(options, write) : textLog(options, write, {});
}

async function jsonLog(options: LogOptions, write: (line: string) => void): Promise<Log> {
  // The default export: a CommonJS package in the bundle has no named ones.
  const { default: pino } = await import('pino');
  const root = pino(
    {
      level: options.level,
      base: { service: 'autogit' },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(options.redact(line)) },
  );
  const wrap = (logger: Logger): Log => ({
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
    child: (fields) => wrap(logger.child({ ...fields })),
  });
  return wrap(root);
}

const ranks = { debug: 0, info: 1, warn: 2, error: 3 } as const;

function textLog(options: LogOptions, write: (line: string) => void, bound: Readonly<Record<string, unknown>>): Log {
  const line = (level: keyof typeof ranks) => (event: string, fields?: Readonly<Record<string, unknown>>) => {
    if (ranks[level] < ranks[options.level] || options.silent?.includes(event) === true) return;
    const mark = level === 'info' ? '' : `${level}: `;
    write(options.redact(`${mark}${event}${pairs({ ...bound, ...fields })}\n`));
  };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (fields) => textLog(options, write, { ...bound, ...fields }),
  };
}

function pairs(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}=${typeof value === 'string' && /^[^\s"]+$/.test(value) ? short(key, value) : JSON.stringify(value)}`,
    )
    .join('');
}

/** People know a revision by its first characters; the whole id stands in the JSON log. */
function short(key: string, value: string): string {
  return key === 'revision' ? value.replace(/^(file:)?([0-9a-f]{7})[0-9a-f]{33,57}$/, '$1$2') : value;
}

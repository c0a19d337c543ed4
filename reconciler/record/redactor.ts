import { Secret } from '../model/secret.ts';

/** Removes known secret values from text that leaves the process: logs, failures, statuses. */
export interface Redactor {
  /** From now on this value and its encoded forms are replaced. Values shorter than 6 characters are not: they occur everywhere. */
  add(value: Secret | string): void;
  redact(text: string): string;
  /** The same for every string inside a plain value; keys are kept. */
  redactAll<T>(value: T): T;
}

const shortest = 6;
const mask = '***';

/** Makes a redactor that knows no secret yet. Pass it to `createSecretValues`, which adds each value that it hands out. */
export function createRedactor(): Redactor {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;

  const redact = (text: string): string => {
    if (forms.size === 0) return text;
    pattern ??= new RegExp(
      [...forms]
        .sort((a, b) => b.length - a.length)
        .map(escapePattern)
        .join('|'),
      'g',
    );
    return text.replace(pattern, mask);
  };

  const redactUnknown = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (Array.isArray(value)) return value.map(redactUnknown);
    if (value instanceof Error) return redact(value.stack ?? value.message);
    if (value === null || typeof value !== 'object' || value instanceof Secret) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactUnknown(inner)]));
  };

  return {
    add(value) {
      const text = value instanceof Secret ? value.reveal() : value;
      const before = forms.size;
      for (const form of formsOf(text)) forms.add(form);
      if (forms.size !== before) pattern = undefined;
    },
    redact,
    redactAll: <T>(value: T): T => redactUnknown(value) as T,
  };
}

/** The value as it may be seen in text: as it is, one line of it, in JSON, in a URL, in base64 or hex. */
function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= 16);
  const bytes = Buffer.from(value, 'utf8');
  const encoded = [0, 1, 2].map((offset) => base64Core(bytes, offset));
  const all = [
    value,
    ...lines,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString('hex'),
    ...encoded,
    ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return value.length < shortest ? [] : all.filter((form) => form.length >= shortest);
}

/**
 * The part of a base64 text that stands for `value` alone when it begins `offset` bytes after a multiple of three, as in
 * `Basic base64(user:value)`. Characters that also depend on the neighbours are left out.
 */
function base64Core(value: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), value])
    .toString('base64')
    .replaceAll('=', '');
  const start = [0, 2, 3][offset] ?? 0;
  const complete = Math.floor(((offset + value.length) * 8) / 6);
  return text.slice(start, complete);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

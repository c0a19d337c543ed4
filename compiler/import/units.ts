/** Durations and sizes as Compose files write them, and the same as `autogit.yaml` writes them. */

const durationUnits: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Go's `time.ParseDuration`: `1m30s`, `500ms`, `1.5h` → milliseconds. Undefined for any other text. */
export function millisecondsOf(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    ms += Number(amount) * (durationUnits[unit ?? ''] ?? 0);
  }
  return ms;
}

export interface Converted {
  readonly text: string;
  /** Whether it is the same length or size, and not the next one that the language can say. */
  readonly exact: boolean;
}

/** Milliseconds → `30s`, `5m`, the largest unit that is exact; parts of a second are rounded up. */
export function durationText(ms: number): Converted {
  const seconds = Math.ceil(ms / 1000);
  const units = [
    ['h', 3600],
    ['m', 60],
  ] as const;
  const unit = units.find(([, size]) => seconds > 0 && seconds % size === 0);
  const text = unit === undefined ? `${seconds}s` : `${seconds / unit[1]}${unit[0]}`;
  return { text, exact: seconds * 1000 === ms };
}

const sizeUnits: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Docker's `units.RAMInBytes`: `512m`, `1.5G`, `10000Mb`, `64KiB`, a bare number of bytes. Undefined for other text. */
export function bytesOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (match === null) return undefined;
  return Math.floor(Number(match[1]) * (sizeUnits[(match[2] ?? '').toLowerCase()] ?? 1));
}

/** Bytes → `512Mi`, `1536Mi`, the largest unit that is exact; parts of a KiB are rounded up. */
export function sizeText(bytes: number): Converted {
  const kibibytes = Math.max(1, Math.ceil(bytes / 1024));
  const units = [
    ['Ti', 2 ** 30],
    ['Gi', 2 ** 20],
    ['Mi', 2 ** 10],
  ] as const;
  const unit = units.find(([, size]) => kibibytes % size === 0);
  const text = unit === undefined ? `${kibibytes}Ki` : `${kibibytes / unit[1]}${unit[0]}`;
  return { text, exact: kibibytes * 1024 === bytes };
}

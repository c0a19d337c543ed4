/** Durations and sizes as the Compose file writes them (https://github.com/compose-spec/compose-spec, 11-extension). */

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Milliseconds → `1h2m3s4ms`, without parts that are zero; zero is `0s`. */
export function composeDuration(ms: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(ms / hourMs), 'h'],
    [Math.floor((ms % hourMs) / minuteMs), 'm'],
    [Math.floor((ms % minuteMs) / 1000), 's'],
    [Math.round(ms % 1000), 'ms'],
  ];
  return parts.map(([amount, unit]) => (amount === 0 ? '' : `${amount}${unit}`)).join('') || '0s';
}

/** The way back: `1m30s` → 90000. Undefined when the text is not a duration made of h, m, s and ms. */
export function millisecondsOf(duration: string): number | undefined {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(duration);
  if (match === null || duration === '') return undefined;
  const [, hours, minutes, seconds, ms] = match;
  return Number(hours ?? 0) * hourMs + Number(minutes ?? 0) * minuteMs + Number(seconds ?? 0) * 1000 + Number(ms ?? 0);
}

const units: readonly (readonly [string, number])[] = [
  ['g', 2 ** 30],
  ['m', 2 ** 20],
  ['k', 2 ** 10],
];

/** Bytes → `512m`, the largest binary unit that is exact, else `1000b`. Docker reads k, m and g as powers of 1024. */
export function composeSize(bytes: number): string {
  const unit = units.find(([, size]) => bytes > 0 && bytes % size === 0);
  return unit === undefined ? `${bytes}b` : `${bytes / unit[1]}${unit[0]}`;
}

/** The way back: `512m` → 536870912. Undefined when the text is not a size in b, k, m or g. */
export function bytesOf(size: string): number | undefined {
  const match = /^(\d+)([bkmg])$/.exec(size);
  if (match === null) return undefined;
  return Number(match[1]) * (units.find(([unit]) => unit === match[2])?.[1] ?? 1);
}

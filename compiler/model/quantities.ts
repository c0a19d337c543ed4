/** Durations and sizes as `autogit.yaml` writes them: a number and a unit. The schema has checked them before. */
import type { LimitsSpec } from '../../schema/spec.ts';
import type { Limits } from './platform.ts';

const millisecondsPerUnit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bytesPerUnit = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

/** `30s`, `10m`, `2h`, `1d` → milliseconds. Throws RangeError for any other text. */
export function millisecondsIn(duration: string): number {
  const match = /^(\d+)(s|m|h|d)$/.exec(duration);
  if (match === null) throw new RangeError(`'${duration}' is no duration`);
  return Number(match[1]) * millisecondsPerUnit[match[2] as keyof typeof millisecondsPerUnit];
}

/** `512Mi`, `4Gi` → bytes. Throws RangeError for any other text. */
export function bytesIn(size: string): number {
  const match = /^(\d+)(Ki|Mi|Gi|Ti)$/.exec(size);
  if (match === null) throw new RangeError(`'${size}' is no size`);
  return Number(match[1]) * bytesPerUnit[match[2] as keyof typeof bytesPerUnit];
}

export function limitsIn({ cpus, memory }: LimitsSpec): Limits {
  return { cpus, memoryBytes: bytesIn(memory) };
}

/** Bytes → at most three digits before the unit: `201Gi`, `1.5Gi`. For messages on sums. */
export function roundedSizeText(bytes: number): string {
  const unit = (['Ti', 'Gi', 'Mi', 'Ki'] as const).find((name) => bytes >= bytesPerUnit[name]) ?? 'Ki';
  const amount = bytes / bytesPerUnit[unit];
  return `${amount < 10 ? Math.round(amount * 10) / 10 : Math.round(amount)}${unit}`;
}

/** Bytes → the largest binary unit that is exact: `512Mi`, `4Gi`, else `1000 bytes`. For messages. */
export function sizeText(bytes: number): string {
  const unit = (['Ti', 'Gi', 'Mi', 'Ki'] as const).find((name) => bytes > 0 && bytes % bytesPerUnit[name] === 0);
  return unit === undefined ? `${bytes} bytes` : `${bytes / bytesPerUnit[unit]}${unit}`;
}

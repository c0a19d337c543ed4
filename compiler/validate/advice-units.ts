import { type Advice, surely } from './advice.ts';

/**
 * Sizes. Decimal and one-letter spellings (`512M`, `4GB`) mean the binary unit for Docker and the decimal one for
 * Kubernetes: the user sees the difference and decides.
 */
export function asQuantity(value: string): Advice | string | undefined {
  const advice = quantityMeant(value);
  const text = typeof advice === 'object' ? String(advice.means) : (advice?.replace(/^write /, '') ?? '');
  const tooMuch = /^[0-9]+[KMGT]i$/.test(text) && !/^(?:[0-9]{1,9}[KM]i|[0-9]{1,6}Gi|[0-9]{1,3}Ti)$/.test(text);
  return tooMuch ? 'the most is 999Ti' : advice;
}

function quantityMeant(value: string): Advice | string | undefined {
  const match = /^\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)\s*$/i.exec(value);
  if (match === null) return undefined;
  const [, number = '', unit = ''] = match;
  if (unit === '') {
    if (Number(number) === 0) return 'it must be more than nothing, such as 64Mi';
    if (Number(number) >= 65_536) return `in bytes that is ${Math.ceil(Number(number) / 1024 ** 2)}Mi: write the unit`;
    return `write ${number}Mi or ${number}Gi, whichever is meant`;
  }
  const letter = unit[0]?.toUpperCase() ?? '';
  const binary = /^[KMGT]ib?$/i.test(unit);
  if (number.includes('.')) return withoutDecimals(Number(number), letter, binary);
  if (!/^[KMGT]i?b?$/i.test(unit) || Number(number) <= 0) return undefined;
  const fixed = `${Number(number)}${letter}i`;
  return binary ? surely(fixed) : `write ${fixed}`;
}

function withoutDecimals(number: number, letter: string, binary: boolean): Advice | string | undefined {
  const smaller = { T: 'Gi', G: 'Mi', M: 'Ki' }[letter];
  if (smaller === undefined) return undefined;
  const exact = number * 1024;
  const fixed = `${Math.round(exact)}${smaller}`;
  return binary && Number.isInteger(exact) ? surely(fixed) : `write ${fixed}`;
}

const durationUnits: Readonly<Record<string, string>> = {
  s: 's',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
};

export function asDuration(value: string): Advice | string | undefined {
  const advice = durationMeant(value);
  const text = typeof advice === 'object' ? String(advice.means) : (advice?.replace(/^write /, '') ?? '');
  return /^[0-9]+[smhd]$/.test(text) && !isShortEnough(text) ? 'the longest is 9999d' : advice;
}

/** What the schema allows: each is below 2^31 seconds, which is the most that Kubernetes and Go programs read. */
function isShortEnough(duration: string): boolean {
  return /^(?:[0-9]{1,9}s|[0-9]{1,7}m|[0-9]{1,5}h|[0-9]{1,4}d)$/.test(duration);
}

function durationMeant(value: string): Advice | string | undefined {
  const sum = /^(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?$/.test(value) ? secondsIn(value) : 0;
  if (sum > 0) return surely(inOneUnit(sum));
  if (/^0+[smhd]?$/.test(value)) return 'it must be longer than nothing: write 1s';
  const match = /^\s*([0-9]+)(\.[0-9]+)?\s*([a-z]*)\s*$/i.exec(value);
  if (match === null) return undefined;
  const [, number = '', decimals, unit = ''] = match;
  if (unit === '') return `write ${number}s, ${number}m, ${number}h or ${number}d, whichever is meant`;
  if (unit.toLowerCase() === 'ms')
    return `the smallest unit is s: write ${Math.max(1, Math.round(Number(number) / 1000))}s`;
  if (/^w(?:ks?|eeks?)?$/i.test(unit) && decimals === undefined) return surely(`${Number(number) * 7}d`);
  if (/^(?:mon(?:ths?)?|M)$/.test(unit) && decimals === undefined)
    return unit === 'M'
      ? `write ${Number(number)}m for minutes, ${Number(number) * 30}d for months`
      : `write ${Number(number) * 30}d`;
  if (/^y(?:rs?|ears?)?$/i.test(unit) && decimals === undefined) return `write ${Number(number) * 365}d`;
  const known = durationUnits[unit.toLowerCase()];
  if (known === undefined) return undefined;
  const seconds = Number(`${number}${decimals ?? ''}`) * secondsPer(known);
  const fixed = decimals === undefined ? `${Number(number)}${known}` : inOneUnit(Math.round(seconds));
  // Less than a second was rounded away.
  return !Number.isInteger(seconds) || seconds === 0 ? `write ${fixed}` : surely(fixed);
}

function secondsPer(unit: string): number {
  return { s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? 0;
}

function secondsIn(parts: string): number {
  return [...parts.matchAll(/([0-9]+)([dhms])/g)].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * secondsPer(unit),
    0,
  );
}

function inOneUnit(seconds: number): string {
  const unit = ['d', 'h', 'm', 's'].find((each) => seconds % secondsPer(each) === 0) ?? 's';
  return `${seconds / secondsPer(unit)}${unit}`;
}

const cronNames: Readonly<Record<string, string>> = {
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  midnight: '0 0 * * *',
  nightly: '0 3 * * *',
  weekly: '0 0 * * 0',
  monthly: '0 0 1 * *',
  yearly: '0 0 1 1 *',
  annually: '0 0 1 1 *',
};

/** A time of the day, or one of cron's names for a schedule. */
export function asCron(value: string): Advice | string | undefined {
  const name = value.trim().toLowerCase().replace(/^@/, '');
  const named = Object.hasOwn(cronNames, name) ? cronNames[name] : undefined;
  if (named !== undefined) return value.startsWith('@') ? surely(named, `write '${named}'`) : `write '${named}'`;
  const clock = /^\s*([01]?[0-9]|2[0-3])[:.]([0-5][0-9])\s*$/.exec(value);
  if (clock !== null)
    return `for every day at ${clock[0].trim()} write '${Number(clock[2])} ${Number(clock[1])} * * *'`;
  return value.trim().split(/\s+/).length === 6
    ? 'leave the seconds out: minute, hour, day of the month, month, day of the week'
    : undefined;
}

/** `500m` is how Kubernetes writes half a CPU. */
export function asCpus(value: string): Advice | string | undefined {
  const milli = /^([0-9]+)m$/.exec(value);
  if (milli !== null) {
    const cpus = Number(milli[1]) / 1000;
    return cpus > 0 ? surely(cpus) : undefined;
  }
  if (/^[0-9]+(?:\.[0-9]{1,3})?$/.test(value)) {
    return Number(value) > 0 ? surely(Number(value), `write ${Number(value)} without quotes`) : undefined;
  }
  const rounded = Math.round(Number(value) * 1000) / 1000;
  return rounded > 0 ? `at most three decimals: write ${rounded}` : undefined;
}

export function asPort(value: string): Advice | string | undefined {
  if (/^[0-9]{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535)
    return surely(Number(value), `write ${Number(value)} without quotes`);
  const bound = /^([0-9.]+):([0-9]{1,5})$/.exec(value);
  if (bound !== null && /^[0-9]+(?:\.[0-9]+){3}$/.test(bound[1] ?? ''))
    return `write { port: ${bound[2]}, address: ${bound[1]} }`;
  const pair = /^([0-9]{1,5}):([0-9]{1,5})$/.exec(value);
  return pair === null
    ? undefined
    : `write ${pair[2]}; if ${pair[1]} must be open on the host, write { port: ${pair[2]}, publish: ${pair[1]} } under ports`;
}

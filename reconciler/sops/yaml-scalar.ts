import { floatText, type SopsNode } from './node.ts';

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const trues = new Set(['true', 'True', 'TRUE']);
const falses = new Set(['false', 'False', 'FALSE']);

/**
 * What a scalar without quotes means to SOPS, which reads YAML with yaml.v3 (`resolve.go`): that is neither YAML 1.1 nor
 * 1.2. A file in which only some values are encrypted has a sum over the others as well, so this must agree.
 */
export function plainScalar(source: string): SopsNode {
  if (nulls.has(source)) return { kind: 'null' };
  if (trues.has(source)) return { kind: 'other', canonical: 'True' };
  if (falses.has(source)) return { kind: 'other', canonical: 'False' };
  const canonical = infinite(source) ?? timeText(source) ?? integerText(source) ?? decimalText(source);
  return canonical === undefined ? { kind: 'text', text: source } : { kind: 'other', canonical };
}

function infinite(source: string): string | undefined {
  if (/^\.(nan|NaN|NAN)$/.test(source)) return 'NaN';
  const [, sign] = /^([-+]?)\.(?:inf|Inf|INF)$/.exec(source) ?? [];
  return sign === undefined ? undefined : sign === '-' ? '-Inf' : '+Inf';
}

/** RFC 3339, as Go's `Time.MarshalText` writes it. With a `T` there must be a zone, without it there is none. */
function timeText(source: string): string | undefined {
  const [, year, month, day, hour, minute, second, fraction = '', zone] =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](?=.*(?:Z|[-+]\d\d:\d\d)$)| +(?=[\d:.]*$))(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?(Z|[-+]\d\d:\d\d)?)?$/.exec(
      source,
    ) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const two = (part: string | undefined): string => (part ?? '0').padStart(2, '0');
  const text = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
  const read = new Date(`${text}Z`);
  if (Number.isNaN(read.getTime()) || read.toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  const exact = fraction.replace(/0+$/, '');
  return `${text}${exact === '.' ? '' : exact}${zone === undefined || /^[-+]00:00$/.test(zone) ? 'Z' : zone}`;
}

/** Go's `ParseInt(text, 0, 64)` after underscores are taken out: a leading 0 is octal. */
function integerText(source: string): string | undefined {
  if (!/^[-+0-9]/.test(source)) return undefined;
  const plain = source.replaceAll('_', '');
  const [, sign, digits = ''] = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)$/.exec(plain) ?? [];
  if (sign === undefined) return undefined;
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits) * (sign === '-' ? -1n : 1n);
  return value >= -(2n ** 63n) && value < 2n ** 63n ? String(value) : undefined;
}

function decimalText(source: string): string | undefined {
  if (!/^[-+.0-9]/.test(source)) return undefined;
  const plain = source.startsWith('.') ? source : source.replaceAll('_', '');
  return /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain) ? floatText(Number(plain)) : undefined;
}

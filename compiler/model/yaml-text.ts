/**
 * Writes plain values as YAML that every reader understands alike.
 *
 * Block style, two spaces, maps sorted by key, lists in their order, no anchors, no tags, a newline at the end. A string
 * stays plain only when it is made of harmless characters and neither YAML 1.1 nor 1.2 could take it for something else
 * (`no`, `1e3`, `0o17`, `12:30`, `2024-01-01`, `=`, `<<`); all others are double-quoted with JSON escapes, which are a
 * subset of YAML's. Text of several lines becomes a literal block when the block can hold it exactly.
 */

export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

export interface YamlOptions {
  /** First line, without `# `. */
  readonly comment?: string;
  /** Keys that come before the sorted rest, at the top level only: `apiVersion`, `kind`. */
  readonly first?: readonly string[];
}

/**
 * One YAML document. `undefined` members are left out; everything else is written, so empty maps and lists show as `{}`
 * and `[]`.
 *
 * @throws RangeError for a number that JSON could not hold (NaN, Infinity): a bug of the caller.
 */
export function yamlText(value: YamlValue, options: YamlOptions = {}): string {
  const head = options.comment === undefined ? '' : `# ${options.comment}\n`;
  const body = isScalar(value) || isEmpty(value) ? ` ${inline(value)}\n` : block(value, '', options.first);
  return head + body.replace(/^[\n ]/, '');
}

/** The lines of a map or list, each beginning with a newline; ends with a newline only at the top. */
function block(value: YamlValue, indent: string, first: readonly string[] = []): string {
  const lines: string[] = [];
  if (isList(value)) {
    for (const item of value) lines.push(`${indent}-${entry(item, `${indent}  `, true)}`);
  } else {
    const map = value as { readonly [key: string]: YamlValue | undefined };
    for (const key of sortedKeys(map, first)) {
      lines.push(`${indent}${scalarText(key)}:${entry(map[key] as YamlValue, `${indent}  `, false)}`);
    }
  }
  return `\n${lines.join('\n')}${indent === '' ? '\n' : ''}`;
}

/** What follows `key:` or `-`. A map in a list starts on the line of its dash. */
function entry(value: YamlValue, indent: string, inList: boolean): string {
  if (isScalar(value)) return typeof value === 'string' ? stringEntry(value, indent) : ` ${inline(value)}`;
  if (isEmpty(value)) return ` ${inline(value)}`;
  const lines = block(value, indent);
  return inList ? ` ${lines.slice(1 + indent.length)}` : lines;
}

function stringEntry(value: string, indent: string): string {
  if (!fitsLiteral(value)) return ` ${scalarText(value)}`;
  const chomp = value.endsWith('\n') ? '' : '-';
  const lines = (chomp === '' ? value.slice(0, -1) : value).split('\n');
  return ` |${chomp}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}

/**
 * A literal block keeps its text only when the first line does not start with a space (it would set the indentation),
 * there is no second newline at the end (chomping), and nothing in it needs an escape. A line of spaces would be
 * trimmed by people's editors, so it is quoted.
 */
function fitsLiteral(value: string): boolean {
  if (!value.includes('\n') || /^[\s]/.test(value) || /\n\n$/.test(value) || /[ \t]\n|[ \t]$/.test(value)) return false;
  return !hasUnprintable(value);
}

/** Control characters, lone surrogates, the byte order mark and the line separators that YAML 1.1 counts as breaks. */
function hasUnprintable(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must be escaped.
  return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(value) || !value.isWellFormed();
}

function inline(value: YamlValue): string {
  if (typeof value === 'string') return scalarText(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`cannot write ${value} as YAML`);
    return JSON.stringify(value);
  }
  return isList(value) ? '[]' : '{}';
}

/** Words that one YAML version or another reads as null, true, false, infinity or a merge. */
const reserved = /^(?:~|null|true|false|yes|no|on|off|y|n|\.inf|\.nan|=|<<)$/i;
/**
 * Plain text that begins with a letter, `/`, `_`, or a dot-slash, and goes on with characters that mean nothing in YAML.
 * Whatever starts like a number (digit, sign, dot) is quoted, which settles octals, dates, times and versions at once.
 */
const harmless =
  /^(?:[A-Za-z/_]|\.\/)[A-Za-z0-9/_.@+-]*(?:[:=,][A-Za-z0-9/_.@+-]+| [A-Za-z0-9/_.@+(][A-Za-z0-9/_.@+)-]*)*$/;

/** `30s`, `1m30s`, `512m`, `10Gi`: digits that a unit follows, which no reader takes for a number. */
const quantity = /^(?:[0-9]+(?:ms|[smhgk]|[KMGT]i))+$/;

function scalarText(value: string): string {
  if (quantity.test(value) || (harmless.test(value) && !reserved.test(value))) return value;
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function sortedKeys(map: { readonly [key: string]: YamlValue | undefined }, first: readonly string[]): string[] {
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  if (first.length === 0) return keys.sort();
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  return keys.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function isScalar(value: YamlValue): value is string | number | boolean {
  return typeof value !== 'object';
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function isEmpty(value: YamlValue): boolean {
  if (isScalar(value)) return false;
  return isList(value) ? value.length === 0 : Object.values(value).every((member) => member === undefined);
}

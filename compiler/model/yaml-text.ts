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

/** Writes one YAML document. */
export type YamlWriter = (value: YamlValue, options?: YamlOptions) => string;

/**
 * One YAML document. `undefined` members are left out; everything else is written, so empty maps and lists show as `{}`
 * and `[]`.
 *
 * @throws RangeError for a number that JSON could not hold (NaN, Infinity): a bug of the caller.
 */
export function yamlText(value: YamlValue, options?: YamlOptions): string {
  return yamlWriter()(value, options);
}

/** Writes many documents as `yamlText` does one. It looks at each key once: the same few come again in all of them. */
export function yamlWriter(): YamlWriter {
  const margin = startOf('');
  return (value, { comment, first = [] } = {}) => {
    const lines = comment === undefined ? [] : [`# ${comment}`];
    if (isScalar(value) || isEmpty(value)) lines.push(inline(value));
    else writeBlock(lines, value, margin, margin, first);
    lines.push('');
    return lines.join('\n');
  };
}

/** What a line begins with. The same few come again and again, and so do the keys after each. */
interface Start {
  readonly text: string;
  /** With a key behind it: `  name:`. */
  readonly heads: Map<string, string>;
  deeper?: Start;
  dashed?: Start;
}

function startOf(text: string): Start {
  return { text, heads: new Map() };
}

function deeper(start: Start): Start {
  start.deeper ??= startOf(`${start.text}  `);
  return start.deeper;
}

function dashed(start: Start): Start {
  start.dashed ??= startOf(`${start.text}- `);
  return start.dashed;
}

function headOf({ text, heads }: Start, key: string): string {
  const known = heads.get(key);
  if (known !== undefined) return known;
  const head = `${text}${scalarText(key)}:`;
  heads.set(key, head);
  return head;
}

/** A map or list that is not empty. Its first line begins with `lead`, all others with `indent`. */
function writeBlock(
  lines: string[],
  value: YamlValue,
  indent: Start,
  lead: Start,
  first: readonly string[] = [],
): void {
  let start = lead;
  if (isList(value)) {
    for (const item of value) {
      if (isScalar(item) || isEmpty(item)) writeLeaf(lines, item, `${start.text}-`, indent);
      else writeBlock(lines, item, deeper(indent), dashed(start));
      start = indent;
    }
    return;
  }
  const map = value as { readonly [key: string]: YamlValue | undefined };
  for (const key of sortedKeys(map, first)) {
    const member = map[key];
    if (member === undefined) continue;
    const head = headOf(start, key);
    start = indent;
    if (isScalar(member) || isEmpty(member)) {
      writeLeaf(lines, member, head, indent);
    } else {
      lines.push(head);
      writeBlock(lines, member, deeper(indent), deeper(indent));
    }
  }
}

/** A scalar, an empty map or an empty list, after `key:` or `-` that stands at `indent`. */
function writeLeaf(lines: string[], value: YamlValue, head: string, indent: Start): void {
  if (typeof value !== 'string' || !fitsLiteral(value)) {
    lines.push(`${head} ${inline(value)}`);
    return;
  }
  const chomp = value.endsWith('\n') ? '' : '-';
  lines.push(`${head} |${chomp}`);
  for (const line of (chomp === '' ? value.slice(0, -1) : value).split('\n')) {
    lines.push(line === '' ? '' : `${indent.text}  ${line}`);
  }
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

/** All keys, also those without a value. Few keys are put in order where they stand: the sort of V8 copies them twice. */
function sortedKeys(map: { readonly [key: string]: YamlValue | undefined }, first: readonly string[]): string[] {
  const keys = Object.keys(map);
  if (first.length > 0) {
    const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
    return keys.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }
  if (keys.length > 16) return keys.sort();
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] as string;
    let at = end;
    while (at > 0 && (keys[at - 1] as string) > key) {
      keys[at] = keys[at - 1] as string;
      at -= 1;
    }
    keys[at] = key;
  }
  return keys;
}

function isScalar(value: YamlValue): value is string | number | boolean {
  return typeof value !== 'object';
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function isEmpty(value: YamlValue): boolean {
  if (isScalar(value)) return false;
  if (isList(value)) return value.length === 0;
  for (const key in value) if (value[key] !== undefined) return false;
  return true;
}

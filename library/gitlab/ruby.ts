/**
 * The part of Ruby that `gitlab.rb` is written in: literals and assignments, and no way to put code into them. Syntax:
 * https://docs.ruby-lang.org/en/3.1/syntax/literals_rdoc.html
 */

/** The content of a file of the container, without the space around it, read whenever GitLab is set up. */
export interface FromFile {
  readonly file: string;
}

export type RubyValue =
  | string
  | number
  | boolean
  | FromFile
  | readonly RubyValue[]
  | { readonly map: Readonly<Record<string, RubyValue>> };

/** `gitlab_rails['nginx']['listen_port'] = 80`; with no keys a call, `external_url 'https://git.home.lan'`. */
export interface Setting {
  /** Name of the group, or of the function. */
  readonly root: string;
  readonly keys: readonly string[];
  readonly value: RubyValue;
}

export function set(root: string, keys: string | readonly string[], value: RubyValue): Setting {
  return { root, keys: typeof keys === 'string' ? [keys] : keys, value };
}

export function call(root: string, value: RubyValue): Setting {
  return { root, keys: [], value };
}

export function fromFile(file: string): FromFile {
  return { file };
}

export function map(entries: Readonly<Record<string, RubyValue>>): RubyValue {
  return { map: entries };
}

/** One line, or several for a long value. Throws RangeError for a name that Ruby would read as something else. */
export function settingText({ root, keys, value }: Setting): string {
  if (!/^[a-z][a-z0-9_]*$/.test(root)) throw new RangeError(`'${root}' is no name of Ruby`);
  if (keys.length === 0) return `${root} ${rubyText(value)}`;
  return `${root}${keys.map((key) => `[${rubyString(key)}]`).join('')} = ${rubyText(value)}`;
}

/** A value as Ruby writes it; maps of more than one entry stand on lines of their own. */
export function rubyText(value: RubyValue, indent = ''): string {
  if (typeof value === 'string') return rubyString(value);
  if (typeof value === 'number' || typeof value === 'boolean') return plainText(value);
  if (isList(value)) return listText(value, indent);
  if ('file' in value) return `File.read(${rubyString(value.file)}).strip`;
  const inner = `${indent}  `;
  const entries = Object.entries(value.map).map(([key, each]) => `${rubyString(key)} => ${rubyText(each, inner)}`);
  if (entries.length < 2) return `{${entries.map((entry) => ` ${entry} `).join('')}}`;
  return `{\n${entries.map((entry) => `${inner}${entry},\n`).join('')}${indent}}`;
}

function listText(items: readonly RubyValue[], indent: string): string {
  const inner = `${indent}  `;
  const texts = items.map((item) => rubyText(item, inner));
  const line = `[${texts.join(', ')}]`;
  if (!line.includes('\n') && line.length <= 100) return line;
  return `[\n${texts.map((text) => `${inner}${text},\n`).join('')}${indent}]`;
}

function plainText(value: number | boolean): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} is no number of Ruby`);
  return String(value);
}

/**
 * Between single quotes Ruby reads nothing but `\\` and `\'`, so `#{…}` is text. Control characters, which an editor
 * would not show and of which Ruby changes line ends, stand as escapes between double quotes, where `#` has to be one too.
 */
export function rubyString(text: string): string {
  if (!hasControl(text)) return `'${text.replace(/[\\']/g, '\\$&')}'`;
  const escaped = [...text].map((character) => {
    if (hasControl(character)) return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    return /["\\#]/.test(character) ? `\\${character}` : character;
  });
  return `"${escaped.join('')}"`;
}

/** C0, DEL and C1, and the two line ends of Unicode. */
function hasControl(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text);
}

function isList(value: RubyValue): value is readonly RubyValue[] {
  return Array.isArray(value);
}

import type { Value } from '../../schema/document.ts';
import { yamlText } from './yaml-text.ts';

/** A value as YAML on one line, with quotes only where a reader could take it for something else. */
export function flowText(value: Value, inBrackets = false): string {
  if (value === null) return 'null';
  if (isList(value)) return `[${value.map((item) => flowText(item, true)).join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, each]) => `${flowText(key, true)}: ${flowText(each, true)}`);
    return `{ ${entries.join(', ')} }`;
  }
  const text = yamlText(value).trimEnd();
  if (typeof value !== 'string' || address.test(value)) return text.startsWith('"') ? String(value) : text;
  if (!text.startsWith('"') && !(inBrackets && text.includes(','))) return text;
  return /^[\x20-\x7e]*$/.test(value) ? inQuotes(value) : JSON.stringify(value);
}

/** Text in single quotes (https://yaml.org/spec/1.2.2/#732-single-quoted-style), in which nothing else is escaped. */
export function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Which no reader takes for a number. */
const address = /^[0-9]+(?:\.[0-9]+){3}$/;

import type { Document } from '../schema/document.ts';
import { literalSecrets } from './model/literal-secrets.ts';
import { starred } from './model/mask.ts';
import { isSecretName } from './model/secret-names.ts';
import { readDocument } from './read/read-document.ts';

/**
 * The text of a platform file as it may be shown: secrets that stand in it are stars, and everything is at its place.
 * For the lines that are shown with diagnostics.
 */
export async function maskedText(bytes: Uint8Array): Promise<string> {
  const text = new TextDecoder().decode(bytes);
  const { document } = await readDocument({ file: '', bytes });
  return document === undefined ? maskedLines(text) : maskedDocument(document);
}

function maskedDocument(document: Document): string {
  let masked = document.text;
  for (const { pointer, text } of literalSecrets(document.tree)) {
    const { start, end } = document.locate(pointer, 'value');
    const value = document.text.slice(start.offset, end.offset);
    const shown = masked.slice(start.offset, end.offset);
    const isPart = value.includes(text) && value.length > text.length + 2;
    const stars = isPart ? shown.replaceAll(text, starred(text)) : starred(shown);
    masked = masked.slice(0, start.offset) + stars + masked.slice(end.offset);
    // The same value elsewhere: an anchor's alias, a comment that keeps the old line.
    if (text.length >= 6) masked = masked.replaceAll(text, starred(text));
  }
  return masked.includes('#') ? masked.split('\n').map(maskedComment).join('\n') : masked;
}

/** A comment that keeps an old value: `# password: …`. */
function maskedComment(line: string): string {
  const start = line.search(/(?:^|\s)#/);
  if (start < 0) return line;
  const [, before = '', value] = secretEntry(line.slice(start), '') ?? [];
  return value === undefined ? line : line.slice(0, start) + before + starred(value);
}

/** Of a text that is no YAML: what looks like a secret by the words of its line. Rather too much than too little. */
function maskedLines(text: string): string {
  let section = '';
  let block = -1;
  let isKey = false;
  return text
    .split('\n')
    .map((line) => {
      const indent = line.search(/\S|$/);
      if (block >= 0 && (indent > block || line.trim() === '')) return starred(line);
      block = -1;
      section = /^([A-Za-z]+)\s*:/.exec(line)?.[1] ?? section;
      const was = isKey;
      isKey = /BEGIN [A-Z ]*PRIVATE KEY/.test(line) || (isKey && !/END [A-Z ]*PRIVATE KEY/.test(line));
      if (was || isKey) return starred(line);
      const [all, before = '', value = ''] = secretEntry(line, section) ?? [];
      if (all === undefined) return withoutPasswords(line);
      if (/^[|>]/.test(value)) block = indent;
      return before + starred(value);
    })
    .join('\n');
}

/** The line, what stands before the value, and the value. */
function secretEntry(line: string, section: string): readonly [string, string, string] | undefined {
  for (const found of line.matchAll(/(?<![\w.-])["']?([A-Za-z_][\w.-]*)["']?\s*[:=]\s*/g)) {
    const value = line.slice(found.index + found[0].length);
    const name = found[1] ?? '';
    if (value === '' || /^[{[&*]/.test(value)) continue;
    const isSource = /^(?:env|file|generate|sops|kubernetes|secret|secrets|token|length|name)$/.test(name);
    const isEntry = section === 'secrets' && found.index > 0;
    if (!isSource && (isEntry || isSecretName(name))) return [line, line.slice(0, line.length - value.length), value];
  }
  return undefined;
}

function withoutPasswords(line: string): string {
  return line.replace(
    /([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/gi,
    (_, before: string, password: string) => before + starred(password),
  );
}

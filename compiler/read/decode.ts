import { limits } from './limits.ts';
import type { Mistake } from './node.ts';

/**
 * Bytes → text without a byte order mark, or the reason why they are none. Every character that a reader cannot see, or
 * that changes how the rest is shown, is a mistake of its own.
 */
export function decode(bytes: Uint8Array): { readonly text: string; readonly mistakes: readonly Mistake[] } {
  if (bytes.length > limits.bytes)
    return refuse('AG102', 'the file is larger than 1 MiB', 'split the platform, or move data out of the file');
  if (isUtf16(bytes)) return refuse('AG103', 'the file is UTF-16, not UTF-8', 'save it as UTF-8');
  const text = decodeUtf8(bytes);
  if (text === undefined) return refuseAt(bytes);
  return { text, mistakes: unseen(text) };
}

function refuse(code: string, message: string, hint: string, text = '') {
  return { text, mistakes: [{ code, start: text.length, end: text.length, message, hint }] };
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The text up to the first byte that is not UTF-8, so that the place can be shown. */
function refuseAt(bytes: Uint8Array) {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isPrefix(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  const byte = bytes[good] ?? 0;
  const shown = `0x${byte.toString(16).padStart(2, '0')}`;
  const text = new TextDecoder('utf-8', { fatal: false }).decode(bytes.subarray(0, good)).replace(/\ufffd$/, '');
  return refuse('AG103', `the file is not UTF-8: byte ${shown} at offset ${good}`, 'save it as UTF-8', text);
}

/** True when the bytes are UTF-8 whose last character may be cut off. */
function isPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

const plain = /^[\t\n\r\x20-\x7e]*$/;

// Control characters, lone carriage returns, and what Unicode calls Bidi_Control, zero-width, line and paragraph separators.
const suspicious =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\r(?!\n)/g;

const firstTen = 10;

function unseen(text: string): readonly Mistake[] {
  if (plain.test(text) && !/\r(?!\n)/.test(text)) return [];
  return Array.from(text.matchAll(suspicious).take(firstTen), ({ index, 0: character }) => ({
    code: 'AG104',
    start: index,
    end: index + 1,
    message: `the character ${codePoint(character)} (${describe(character)}) cannot be seen in the file`,
    hint: 'delete it; inside double quotes it can be written as an escape',
  }));
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function describe(character: string): string {
  if (character === '\r') return 'a carriage return without a line feed';
  if (character < '\u00a0') return 'a control character';
  if (/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(character)) return 'it changes the direction of text';
  if (/[\u2028\u2029]/.test(character)) return 'a line separator';
  return 'it has no width';
}

import { limits } from '../../schema/limits.ts';
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
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let offset = 0;
  let from = 0;
  for (let at = lenient.indexOf('\ufffd'); at >= 0; at = lenient.indexOf('\ufffd', at + 1)) {
    offset += encoder.encode(lenient.slice(from, at)).length;
    from = at;
    // The replacement character may also stand in the file itself.
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) break;
  }
  const shown = `0x${(bytes[offset] ?? 0).toString(16).padStart(2, '0')}`;
  const message = `the file is not UTF-8: byte ${shown} at offset ${offset}`;
  return refuse('AG103', message, 'save it as UTF-8', lenient.slice(0, from));
}

const plain = /^[\t\n\r\x20-\x7e]*$/;

// Control characters, lone carriage returns, and what Unicode calls Bidi_Control, zero-width, line and paragraph separators.
const suspicious =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\r(?!\n)/g;

/** Spaces of Unicode that look like indentation. */
const foreignIndent = /^ *[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/gm;

const firstTen = 10;

function unseen(text: string): readonly Mistake[] {
  if (plain.test(text) && !/\r(?!\n)/.test(text)) return [];
  const spaces = Array.from(text.matchAll(foreignIndent).take(firstTen), ({ index, 0: indent }) => ({
    code: 'AG104',
    start: index + indent.length - 1,
    end: index + indent.length,
    message: `the space ${codePoint(indent.slice(-1))} does not indent`,
    hint: 'replace it by a plain space',
    fix: {
      title: 'write a plain space',
      edits: [{ start: index + indent.length - 1, end: index + indent.length, text: ' ' }],
    },
  }));
  const characters = Array.from(text.matchAll(suspicious).take(firstTen), ({ index, 0: character }) => ({
    code: 'AG104',
    start: index,
    end: index + 1,
    message: `the character ${codePoint(character)} (${describe(character)}) cannot be seen in the file`,
    hint: 'delete it; inside double quotes it can be written as an escape',
    // What turns the direction of text or ends lines may have been put there to deceive: a person looks at it.
    ...(/[\u00ad\u200b\u2060\ufeff]/.test(character) && {
      fix: { title: 'delete it', edits: [{ start: index, end: index + 1, text: '' }] },
    }),
  }));
  return [...characters, ...spaces];
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

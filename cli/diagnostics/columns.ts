// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const unseen = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/**
 * Source as a terminal may show it: no character that moves the cursor or turns the direction. As many UTF-16 units as
 * before, so that places stay where they are.
 */
export function visible(source: string): string {
  return source.replace(unseen, '·').replaceAll('\t', '→');
}

const ascii = /^[\x20-\x7e]*$/;
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u;
const marks = /^\p{Mark}+$/u;

/** Columns that a text takes on a terminal: two for what is wide, none for what only combines with the letter before. */
export function columns(text: string): number {
  if (ascii.test(text)) return text.length;
  return letters(text).reduce((sum, letter) => sum + widthOf(letter), 0);
}

/** As much of the start of a text as fits in so many columns, never half of a letter. */
export function upTo(text: string, most: number): string {
  if (ascii.test(text)) return text.slice(0, most);
  let width = 0;
  let end = 0;
  for (const letter of letters(text)) {
    width += widthOf(letter);
    if (width > most) break;
    end += letter.length;
  }
  return text.slice(0, end);
}

/** As much of the end of a text as fits in so many columns. */
export function lastOf(text: string, most: number): string {
  if (ascii.test(text)) return most <= 0 ? '' : text.slice(-most);
  let width = 0;
  let start = text.length;
  for (const letter of letters(text).toReversed()) {
    width += widthOf(letter);
    if (width > most) break;
    start -= letter.length;
  }
  return text.slice(start);
}

/** What a reader sees as one letter: a flag or a family of several emoji is one. */
function letters(text: string): readonly string[] {
  return Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment);
}

function widthOf(letter: string): number {
  if (marks.test(letter)) return 0;
  return wide.test(letter) ? 2 : 1;
}

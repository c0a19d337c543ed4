import type { Diagnostic } from '../../schema/diagnostic.ts';
import { codeFrame, type FrameOptions } from './code-frame.ts';
import { visible } from './columns.ts';
import { painter } from './paint.ts';

/** The most that is shown at once; the last line says how many more there are. */
const shownAtMost = 100;

/** Of one mistake's other places, the most whose lines are shown. */
const framesAtMost = 3;

/** Lines of a secret are never shown again. */
const secret: ReadonlySet<string> = new Set(['AG214']);

export interface TextOptions {
  /** The text that the places are in; empty when it could not be read. */
  readonly text: string;
  /** Texts of other files that a place may be in, by name. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly colour: boolean;
  /** Columns of the terminal. Default: 105. */
  readonly width?: number | undefined;
}

/**
 * Diagnostics for people: place, code, sentence, the lines with carets, other places with theirs, and the next step; the
 * counts at the end. The same diagnostics give the same text.
 */
export function diagnosticsText(
  diagnostics: readonly Diagnostic[],
  { text, texts = {}, colour, width = 105 }: TextOptions,
): string {
  if (diagnostics.length === 0) return '';
  const paint = painter(colour);
  const frame = ({ file, range }: Pick<Diagnostic, 'file' | 'range'>, options: Pick<FrameOptions, 'above'>) =>
    codeFrame(texts[file] ?? text, range, { paint, width, ...options });
  const blocks = diagnostics.slice(0, shownAtMost).map((diagnostic) => {
    const { code, severity, message, hint, related } = diagnostic;
    const kind = paint(severity === 'error' ? 'red' : 'yellow', `${severity} ${code}`);
    const isSecret = secret.has(code);
    const others = related.map((other, index) => {
      const lines = isSecret || index >= framesAtMost ? '' : frame(other, { above: false });
      return `  ${paint('blue', 'see')}  ${placeOf(other)}: ${visible(other.message)}\n${lines}`;
    });
    const next = hint === undefined ? '' : `  ${paint('blue', 'next')} ${visible(hint)}\n`;
    const own = isSecret ? '' : frame(diagnostic, { above: true });
    return `${paint('bold', placeOf(diagnostic))}: ${kind}: ${visible(message)}\n${own}${others.join('')}${next}`;
  });
  return `${blocks.join('\n')}\n${counts(diagnostics)}\n`;
}

function placeOf({ file, range }: Pick<Diagnostic, 'file' | 'range'>): string {
  return `${file}:${range.start.line}:${range.start.column}`;
}

function counts(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ];
  const hidden = diagnostics.length - shownAtMost;
  const more = hidden > 0 ? `; the first ${shownAtMost} are shown, ${hidden} more are not` : '';
  const fixable = diagnostics.filter(({ fix }) => fix !== undefined).length;
  const all = fixable === diagnostics.length ? (fixable === 1 ? 'it' : 'them') : `${fixable} of them`;
  const mends = fixable === 0 ? '' : `; \`autogit validate --fix\` can mend ${all}`;
  const [first] = diagnostics;
  return `${parts.join(' and ')}${more}. \`autogit explain ${first?.code}\` tells more${mends}.`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

import type { Diagnostic } from '../../schema/diagnostic.ts';
import { codeFrame } from './code-frame.ts';
import { painter } from './paint.ts';

/** The most that is shown at once; the count at the end names the rest. */
const shownAtMost = 100;

/** Lines of a secret are never shown again. */
const secret: ReadonlySet<string> = new Set(['AG214']);

export interface TextOptions {
  /** The text that the places are in; empty when it could not be read. */
  readonly text: string;
  /** Texts of other files that places are in, by the name that the diagnostics have: the lock. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly colour: boolean;
}

/**
 * Diagnostics for people: place, code, sentence, the lines with carets, and the next step; the counts at the end.
 * The same diagnostics give the same text.
 */
export function diagnosticsText(diagnostics: readonly Diagnostic[], { text, texts = {}, colour }: TextOptions): string {
  if (diagnostics.length === 0) return '';
  const paint = painter(colour);
  const blocks = diagnostics.slice(0, shownAtMost).map(({ code, severity, message, hint, file, range, related }) => {
    const place = `${file}:${range.start.line}:${range.start.column}`;
    const kind = paint(severity === 'error' ? 'red' : 'yellow', `${severity} ${code}`);
    const frame = secret.has(code) ? '' : codeFrame(texts[file] ?? text, range, paint);
    const others = related.map((other) => {
      const at = `${other.file}:${other.range.start.line}:${other.range.start.column}`;
      return `  ${paint('blue', 'see')}  ${at}: ${other.message}\n`;
    });
    const next = hint === undefined ? '' : `  ${paint('blue', 'next')} ${hint}\n`;
    return `${paint('bold', place)}: ${kind}: ${message}\n${frame}${others.join('')}${next}`;
  });
  return `${blocks.join('\n')}\n${counts(diagnostics)}\n`;
}

function counts(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ];
  const hidden = diagnostics.length - shownAtMost;
  const more = hidden > 0 ? `; the first ${shownAtMost} are shown` : '';
  const [first] = diagnostics;
  return `${parts.join(' and ')}${more}. \`autogit explain ${first?.code}\` tells more.`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

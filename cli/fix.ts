import type { Compiled } from '../compiler/compile.ts';
import { mend } from '../compiler/mend.ts';
import type { Diagnostic } from '../schema/diagnostic.ts';
import { type Report, reportDiagnostics } from './diagnostics/report.ts';
import { exitCode } from './exit-code.ts';
import { replaceContent } from './replace-content.ts';

export interface FixInput extends Pick<Report, 'lock' | 'format' | 'strict' | 'out' | 'err' | 'colour' | 'width'> {
  /** Path of the file, `-` for standard input. */
  readonly path: string;
  /** Its name in messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly compileBytes: (bytes: Uint8Array) => Promise<Compiled>;
}

const byteOrderMark = '\ufeff';

/**
 * `autogit validate --fix`: mends what can only be meant in one way and says what is left. Every byte beside it stays.
 * 0 when the file is right now, 1 when something is left or the file changed meanwhile, 69 when it cannot be written.
 */
export async function runFix(input: FixInput): Promise<number> {
  const { path, file, bytes, compileBytes, format, out, err } = input;
  const written = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const mark = written.startsWith(byteOrderMark) ? byteOrderMark : '';
  const judge = async (text: string) => (await compileBytes(encoded(text))).diagnostics;
  const { text, fixed, left } = await mend({ file, text: written.slice(mark.length), judge });
  const after = fixed.length === 0 ? bytes : encoded(mark + text);
  if (path === '-') out(mark + text);
  else if (fixed.length > 0) {
    const failure = replaceContent(path, { before: bytes, after });
    if (failure !== undefined) {
      err(`autogit: ${failure.message}\nnext: ${failure.next}\n`);
      return failure.message.startsWith('cannot') ? exitCode.unavailable : exitCode.failed;
    }
  }
  const isText = format === 'text';
  (isText && path !== '-' ? out : err)(fixedText(fixed, left.length));
  // A fix that was not kept would break something else: nobody is told to try it.
  const diagnostics = left.map(({ fix: _, ...rest }) => rest);
  const isFine = await reportDiagnostics({ ...input, bytes: after, diagnostics, fixed });
  const { platform } = await compileBytes(encoded(text));
  if (!isFine || platform === undefined) return exitCode.failed;
  if (isText && path !== '-') out(`${file} is valid: platform ${platform.name} for ${platform.target}\n`);
  return exitCode.fine;
}

function fixedText(fixed: readonly Diagnostic[], left: number): string {
  if (fixed.length === 0) return '';
  const lines = fixed.map(
    ({ file, range, code, fix }) => `${file}:${range.start.line}:${range.start.column}: fixed ${code}: ${fix?.title}\n`,
  );
  return `${lines.join('')}${fixed.length} fixed, ${left} left\n`;
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

import { maskedText } from '../../compiler/masked-text.ts';
import type { Diagnostic } from '../../schema/diagnostic.ts';
import { diagnosticsJson } from './json.ts';
import { diagnosticsText } from './text.ts';

export type DiagnosticFormat = 'text' | 'json' | 'sarif' | 'gitlab' | 'github';

/** All diagnostics of one file, for the formats that programs read. */
export interface Reported {
  readonly diagnostics: readonly Diagnostic[];
  /** Name of the file that was judged. */
  readonly file: string;
  /** Text of each file that a place is in, by name, without byte order mark; secrets in it are stars. */
  readonly texts: Readonly<Record<string, string>>;
  /** What `--fix` has mended before. */
  readonly fixed?: readonly Diagnostic[] | undefined;
}

export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The lock beside the file, which places may be in as well. */
  readonly lock?: { readonly file: string; readonly bytes: Uint8Array } | undefined;
  readonly fixed?: readonly Diagnostic[] | undefined;
  readonly format: DiagnosticFormat;
  /** Warnings count as errors. */
  readonly strict?: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colour: () => boolean;
  readonly width: () => number | undefined;
}

/** Writes diagnostics: text to standard error, all other formats to standard output. True when none of them is fatal. */
export async function reportDiagnostics(report: Report): Promise<boolean> {
  const { diagnostics, file, bytes, lock, format, out, err, colour, width, fixed } = report;
  const texts = lock === undefined ? {} : { [lock.file]: decoded(lock.bytes) };
  if (format !== 'text') {
    out(await written(format, { diagnostics, file, texts: { ...texts, [file]: await maskedText(bytes) }, fixed }));
  } else if (diagnostics.length > 0) {
    err(diagnosticsText(diagnostics, { text: await maskedText(bytes), texts, colour: colour(), width: width() }));
    if (report.strict === true && isFine(diagnostics, false)) err('with --strict, warnings are fatal\n');
  }
  return isFine(diagnostics, report.strict === true);
}

async function written(format: Exclude<DiagnosticFormat, 'text'>, reported: Reported): Promise<string> {
  switch (format) {
    case 'json':
      return diagnosticsJson(reported);
    case 'sarif':
      return (await import('./sarif.ts')).diagnosticsSarif(reported);
    case 'gitlab':
      return (await import('./gitlab.ts')).diagnosticsGitlab(reported);
    case 'github':
      return (await import('./github.ts')).diagnosticsGithub(reported);
  }
}

function isFine(diagnostics: readonly Diagnostic[], strict: boolean): boolean {
  return strict ? diagnostics.length === 0 : diagnostics.every(({ severity }) => severity !== 'error');
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

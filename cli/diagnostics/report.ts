import type { Diagnostic } from '../../schema/diagnostic.ts';
import { diagnosticsJson } from './json.ts';
import { diagnosticsText } from './text.ts';

export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The lock beside the file, which places may be in as well. */
  readonly lock?: { readonly file: string; readonly bytes: Uint8Array } | undefined;
  readonly json: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colour: () => boolean;
}

/** Writes diagnostics: text to standard error, JSON to standard output. True when none of them is an error. */
export function reportDiagnostics({ diagnostics, file, bytes, lock, json, out, err, colour }: Report): boolean {
  if (json) out(diagnosticsJson(file, diagnostics));
  else if (diagnostics.length > 0) {
    const textOf = (content: Uint8Array) => new TextDecoder().decode(content);
    const texts = lock === undefined ? {} : { [lock.file]: textOf(lock.bytes) };
    err(diagnosticsText(diagnostics, { text: textOf(bytes), texts, colour: colour() }));
  }
  return diagnostics.every(({ severity }) => severity !== 'error');
}

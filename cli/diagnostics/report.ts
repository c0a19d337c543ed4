import type { Diagnostic } from '../../schema/diagnostic.ts';
import { diagnosticsJson } from './json.ts';
import { diagnosticsText } from './text.ts';

export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly json: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colour: () => boolean;
}

/** Writes diagnostics: text to standard error, JSON to standard output. True when none of them is an error. */
export function reportDiagnostics({ diagnostics, file, bytes, json, out, err, colour }: Report): boolean {
  if (json) out(diagnosticsJson(file, diagnostics));
  else if (diagnostics.length > 0) {
    err(diagnosticsText(diagnostics, { text: new TextDecoder().decode(bytes), colour: colour() }));
  }
  return diagnostics.every(({ severity }) => severity !== 'error');
}

import type { Diagnostic } from '../schema/diagnostic.ts';
import type { Document } from '../schema/document.ts';
import { type Compiled, type CompileInput, compileDocument } from './compile.ts';
import { diagnose } from './diagnose.ts';
import { readDocument } from './read/read-document.ts';
import { overlay } from './validate/overlay.ts';
import { validate } from './validate/validate.ts';

/** What is asked about one platform file. `schema` is the published JSON Schema. */
export interface ExplainInput extends Omit<CompileInput, 'everyEnvironment'> {
  readonly schema: unknown;
}

export interface Wrong {
  readonly kind: 'wrong';
  readonly diagnostics: readonly Diagnostic[];
}

export interface Unknown {
  readonly kind: 'unknown';
  readonly message: string;
  readonly next: string;
}

export interface Ready {
  readonly document: Document;
  readonly spec: unknown;
}

/** The file with its environment laid over it, and its long form. */
export async function readyOf(input: ExplainInput): Promise<Ready | { readonly diagnostics: readonly Diagnostic[] }> {
  const { document: read, diagnostics } = await readDocument(input);
  if (read === undefined || diagnostics.length > 0) return { diagnostics };
  const document = input.environment === undefined ? read : overlay(read, input.environment).document;
  const { spec, findings } = await validate(document);
  return spec === undefined ? { diagnostics: diagnose({ document, findings }) } : { document, spec };
}

/** Compiles a document that was read already. */
export function compiled(input: ExplainInput, document: Document): Promise<Compiled> {
  return compileDocument(input, document, []);
}

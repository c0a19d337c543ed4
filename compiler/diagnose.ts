import type { Diagnostic, Finding } from '../schema/diagnostic.ts';
import type { Document } from '../schema/document.ts';
import { type LiteralSecret, literalSecrets } from './model/literal-secrets.ts';
import { maskSecrets } from './model/mask.ts';
import { compareText } from './model/order.ts';
import { textEdits } from './text-edits.ts';

const changeIt = 'name where the value comes from, and change the secret, since the file may have been seen';

export interface DiagnoseInput {
  readonly document: Document;
  readonly findings: readonly Finding[];
  /** What has a place already. */
  readonly diagnostics?: readonly Diagnostic[];
  /** Codes that the file accepts, each with its reason. */
  readonly accept?: Readonly<Record<string, string>>;
}

/**
 * Findings with their places in the text, each once, sorted by place, code and text. No sentence repeats a secret that
 * stands in the file, and no fix writes one.
 */
export function diagnose({ document, findings, diagnostics = [], accept = {} }: DiagnoseInput): readonly Diagnostic[] {
  const located = findings
    .filter((finding) => !isAccepted(finding, accept))
    .map((finding) => diagnosticOf(document, finding));
  const secrets = located.length === 0 ? [] : literalSecrets(document.tree);
  const told = secrets.length === 0 ? located : located.map((each) => withoutSecrets(each, secrets));
  const all = [...diagnostics, ...told].sort(byPlace);
  return all.filter((each, index) => index === 0 || !isSame(each, all[index - 1] as Diagnostic));
}

/** Whether the file lives with it: a warning, a limit of a target or an error that can be borne, whose code it accepts. */
export function isAccepted({ code, severity, acceptable }: Finding, accept: Readonly<Record<string, string>>): boolean {
  return accept[code] !== undefined && (severity === 'warning' || acceptable === true || code.startsWith('AG5'));
}

function diagnosticOf(document: Document, finding: Finding): Diagnostic {
  const { code, severity = 'error', pointer, at, message, hint, fix, related = [] } = finding;
  const edits = fix === undefined ? undefined : textEdits(document, fix);
  return {
    code,
    severity,
    message,
    ...(hint === undefined ? {} : { hint }),
    file: document.file,
    range: document.locate(pointer, at),
    pointer,
    ...(fix === undefined || edits === undefined ? {} : { fix: { title: fix.title, edits } }),
    related: related.map((place) => ({
      file: document.file,
      range: document.locate(place.pointer, place.at),
      message: place.message,
    })),
  };
}

function withoutSecrets(diagnostic: Diagnostic, secrets: readonly LiteralSecret[]): Diagnostic {
  const { fix, hint, ...rest } = diagnostic;
  const texts = secrets.map(({ text }) => text);
  const mask = (text: string): string => maskSecrets(text, texts);
  // What is advised for the value of a secret may be made from it; what is said about its key is not.
  const isOfSecret =
    diagnostic.code !== 'AG201' &&
    secrets.some(({ pointer, isMisplaced }) => isMisplaced && pointer === diagnostic.pointer);
  const advice = isOfSecret && !hint?.includes('change the secret') ? changeIt : hint;
  const isOpen = !isOfSecret && fix?.edits.every(({ text }) => mask(text) === text) === true;
  return {
    ...rest,
    message: mask(diagnostic.message),
    ...(advice === undefined ? {} : { hint: mask(advice) }),
    ...(isOpen && fix !== undefined ? { fix } : {}),
    related: diagnostic.related.map((place) => ({ ...place, message: mask(place.message) })),
  };
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    a.range.start.offset - b.range.start.offset || compareText(a.code, b.code) || compareText(a.message, b.message)
  );
}

/** Two targets may find the same thing. */
function isSame(a: Diagnostic, b: Diagnostic): boolean {
  return a.code === b.code && a.message === b.message && a.range.start.offset === b.range.start.offset;
}

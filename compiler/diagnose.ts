import type { Diagnostic, Finding } from '../schema/diagnostic.ts';
import type { Document } from '../schema/document.ts';
import { compareText } from './model/order.ts';
import { textEdits } from './text-edits.ts';

export interface DiagnoseInput {
  readonly document: Document;
  readonly findings: readonly Finding[];
  /** What has a place already. */
  readonly diagnostics?: readonly Diagnostic[];
  /** Codes that the file accepts, each with its reason. Only warnings and limits of a target can be accepted. */
  readonly accept?: Readonly<Record<string, string>>;
}

/** Findings with their places in the text, each once, sorted by place, code and text. */
export function diagnose({ document, findings, diagnostics = [], accept = {} }: DiagnoseInput): readonly Diagnostic[] {
  const located = findings
    .filter((finding) => accept[finding.code] === undefined || !isAcceptable(finding))
    .map((finding) => diagnosticOf(document, finding));
  const all = [...diagnostics, ...located].sort(byPlace);
  return all.filter((each, index) => index === 0 || !isSame(each, all[index - 1] as Diagnostic));
}

function isAcceptable({ code, severity }: Finding): boolean {
  return severity === 'warning' || code.startsWith('AG5');
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

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    a.range.start.offset - b.range.start.offset || compareText(a.code, b.code) || compareText(a.message, b.message)
  );
}

/** Two targets may find the same thing. */
function isSame(a: Diagnostic, b: Diagnostic): boolean {
  return a.code === b.code && a.message === b.message && a.range.start.offset === b.range.start.offset;
}

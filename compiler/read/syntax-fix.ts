import { parseEvents, YAMLException } from 'js-yaml';
import { limits } from '../../schema/limits.ts';
import type { Mistake, TextFix } from './node.ts';

/**
 * How a syntax error is mended, where that is certain. Every fix is tried: it is only given when the text can be read
 * afterwards, or breaks further down.
 */
export function syntaxFix(text: string, mistake: Mistake, before: { readonly offset: number }): Pick<Mistake, 'fix'> {
  const fix = candidate(text, mistake);
  if (fix === undefined || text.length > limits.explainedBytes) return {};
  const error = firstError(applied(text, fix));
  return error === undefined || error > before.offset + fix.edits.length ? { fix } : {};
}

function candidate(text: string, { code, message, start, end, fix }: Mistake): TextFix | undefined {
  if (fix !== undefined) return fix;
  if (code === 'AG105') return indentedByTabs(text);
  if (message === 'the colon needs a space after it') {
    const colon = text.indexOf(':', start);
    // A value that starts with a slash is the rest of an address, and what stands before it no key.
    return colon < 0 || colon >= end || text[colon + 1] === '/'
      ? undefined
      : { title: 'write a space after the colon', edits: [{ start: colon + 1, end: colon + 1, text: ' ' }] };
  }
  return undefined;
}

/** A file that is indented by tabs alone: two spaces for each. */
function indentedByTabs(text: string): TextFix | undefined {
  if (/^(?: +\t|\t+ | +[^\s#])/m.test(text)) return undefined;
  const edits = Array.from(text.matchAll(/^\t+/gm), ({ index, 0: tabs }) => ({
    start: index,
    end: index + tabs.length,
    text: '  '.repeat(tabs.length),
  }));
  return { title: 'indent by two spaces in place of each tab', edits };
}

function applied(text: string, { edits }: TextFix): string {
  return edits.reduceRight((now, { start, end, text: put }) => now.slice(0, start) + put + now.slice(end), text);
}

/** Offset of the first place that cannot be read. */
function firstError(text: string): number | undefined {
  try {
    parseEvents(text, { maxDepth: limits.depth });
    return undefined;
  } catch (error) {
    if (error instanceof YAMLException) return error.mark?.position ?? 0;
    throw error;
  }
}

import { type Event, parseEvents, YAMLException } from 'js-yaml';
import type { Diagnostic } from '../../schema/diagnostic.ts';
import type { Document } from '../../schema/document.ts';
import { limits } from '../../schema/limits.ts';
import { type Built, buildNodes } from './build-nodes.ts';
import { decode } from './decode.ts';
import type { Mistake, Node } from './node.ts';
import { find, findEntry, ranges } from './places.ts';
import { strayTabs } from './stray-tabs.ts';

export interface ReadResult {
  /** Also there when diagnostics are errors but the rest of the file could be read, so that all can be told at once. */
  readonly document?: Document;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The bytes of `autogit.yaml` → a document, or why they are none. Never throws for any bytes.
 *
 * One pass of js-yaml's parser gives values and places; the slower `yaml` package is only loaded to explain a syntax
 * error, and to confirm the reading of a file that uses features on which two readers might differ.
 */
export async function readDocument(input: { readonly file: string; readonly bytes: Uint8Array }): Promise<ReadResult> {
  const { text, mistakes } = decode(input.bytes);
  if (mistakes.length > 0) return { diagnostics: diagnostics(input.file, text, mistakes) };
  const events = parse(text);
  if (!Array.isArray(events)) {
    return { diagnostics: diagnostics(input.file, text, await explain(text, events)) };
  }
  const built = buildNodes(text, events);
  const all = [...built.mistakes, ...strayTabs(text, built.scalars), ...topMistakes(text, built)];
  if (all.length === 0 && built.root !== undefined && (built.unusual || rare.test(text))) {
    const { confirm } = await import('./confirm.ts');
    all.push(...confirm(text, built.root.value));
  }
  const { root } = built;
  const readable = !all.some(({ code }) => otherwise.has(code));
  return {
    ...(readable && root?.kind === 'map' && { document: documentOf(input.file, text, root, built.shared) }),
    diagnostics: diagnostics(input.file, text, all),
  };
}

/** After these the values are not what the author meant, and judging them would only mislead. */
const otherwise: ReadonlySet<string> = new Set(['AG101', 'AG109', 'AG110', 'AG111', 'AG113', 'AG114', 'AG116']);

/** Explicit keys (`? `) and document marks, which few files need. */
const rare = /(?:^|[\s[{,-])\?(?:\s|$)|^(?:---|\.\.\.)/m;

/** What the parser says when it gives up. */
export interface ParserError {
  readonly reason: string;
  readonly offset: number;
}

function parse(text: string): Event[] | ParserError {
  try {
    return parseEvents(text, { maxDepth: limits.depth });
  } catch (error) {
    if (error instanceof YAMLException) return { reason: error.reason, offset: error.mark?.position ?? 0 };
    throw error;
  }
}

async function explain(text: string, error: ParserError): Promise<readonly Mistake[]> {
  if (error.reason.startsWith('nesting exceeded')) {
    const message = `the file is more than ${limits.depth} levels deep`;
    return [
      {
        code: 'AG110',
        start: error.offset,
        end: error.offset + 1,
        message,
        hint: 'write it flatter; a platform needs fewer than ten levels',
      },
    ];
  }
  const { explainSyntax } = await import('./explain-syntax.ts');
  return explainSyntax(text, error);
}

function topMistakes(text: string, built: Built): readonly Mistake[] {
  const { root } = built;
  if (built.mistakes.some((mistake) => mistake.code === 'AG111')) return [];
  if (root === undefined || (root.kind === 'scalar' && root.value === null)) {
    const hint = 'the smallest file has `name:` and `domain:`';
    return built.mistakes.length > 0 ? [] : [{ code: 'AG106', start: 0, end: 0, message: 'the file is empty', hint }];
  }
  if (root.kind === 'map') return [];
  const what = root.kind === 'list' ? 'a list' : 'one value';
  const end = Math.min(root.end, text.length);
  return [
    {
      code: 'AG117',
      start: root.start,
      end,
      message: `the file is ${what}, not a map of keys`,
      hint: 'start with `name: …` at the beginning of a line',
    },
  ];
}

function documentOf(file: string, text: string, root: Node, shared: ReadonlySet<Node>): Document {
  const range = ranges(text);
  return {
    file,
    text,
    tree: root.value as Document['tree'],
    locate: (pointer, at = 'value') => {
      const { start, end } = find(root, pointer, at);
      return range(start, end);
    },
    entry: (pointer) => findEntry(root, pointer, { text, shared }),
    range,
    written: (pointer) => {
      const { node, exact } = find(root, pointer, 'value');
      return exact && node.kind === 'scalar' ? text.slice(node.start, node.end) : undefined;
    },
  };
}

/** Sorted by place. */
function diagnostics(file: string, text: string, mistakes: readonly Mistake[]): readonly Diagnostic[] {
  const range = ranges(text);
  return mistakes
    .toSorted((a, b) => a.start - b.start || (a.code < b.code ? -1 : 1))
    .map(({ code, start, end, message, hint, fix, related = [] }) => ({
      code,
      severity: 'error',
      message,
      ...(hint !== undefined && { hint }),
      file,
      range: range(start, end),
      pointer: '',
      ...(fix !== undefined && {
        fix: {
          title: fix.title,
          edits: fix.edits.map((edit) => ({ range: range(edit.start, edit.end), text: edit.text })),
        },
      }),
      related: related.map((place) => ({ file, range: range(place.start, place.end), message: place.message })),
    }));
}

import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type Document as YamlDocument,
} from 'yaml';
import { interpolate, type Variables } from './interpolate.ts';
import type { ComposeNode, MapNode, Place, ScalarNode } from './node.ts';

export interface Problem extends Place {
  readonly message: string;
  readonly next: string;
}

export interface ComposeText {
  readonly root?: MapNode;
  readonly problems: readonly Problem[];
}

/** Enough for any file that a person wrote, too few for one whose aliases multiply. */
const mostNodes = 100_000;
const deepest = 60;

interface Walk {
  readonly document: YamlDocument.Parsed;
  readonly lines: LineCounter;
  readonly variables: Variables;
  readonly problems: Problem[];
  readonly open: Set<string>;
  nodes: number;
}

class TooMuch extends Error {}

/**
 * Text of a Compose file → its tree. Aliases are followed, merge keys are merged and variables filled in; a tag that
 * Compose knows (`!reset`, `!override`) has no meaning in one file alone and is passed over.
 */
export function readComposeText(text: string, variables: Variables): ComposeText {
  const lines = new LineCounter();
  if ((text.match(/[[{]/g)?.length ?? 0) > mostNodes / 10) return { problems: [tooMuch()] };
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
    version: '1.2',
  });
  const problems = document.errors.map(({ message, pos }) => ({
    ...placeAt(lines, pos[0]),
    message: `this is not YAML: ${message.replace(/\.?$/, '')}`,
    next: 'correct the line; `docker compose config` must accept the file',
  }));
  if (problems.length > 0) return { problems };
  const walk: Walk = { document, lines, variables, problems: [], open: new Set(), nodes: 0 };
  try {
    const root = document.contents === null ? undefined : readNode(walk, document.contents, '', 0);
    if (root?.kind === 'map') return { root, problems: walk.problems };
    const message = root === undefined ? 'the file is empty' : 'the file is not a map of keys';
    return { problems: [{ line: 1, column: 1, message, next: 'name a Compose file: it has `services:`' }] };
  } catch (error) {
    if (error instanceof TooMuch) return { problems: [tooMuch()] };
    throw error;
  }
}

function tooMuch(): Problem {
  const message = 'the file has too many values, too deep or through aliases';
  return {
    line: 1,
    column: 1,
    message,
    next: 'write `docker compose config --no-interpolate` to a file and import that',
  };
}

function readNode(walk: Walk, node: ParsedNode | Alias.Parsed, path: string, depth: number): ComposeNode {
  walk.nodes += 1;
  if (walk.nodes > mostNodes || depth > deepest) throw new TooMuch();
  const place = placeAt(walk.lines, node.range[0]);
  if (isAlias(node)) return throughAlias(walk, node, path, depth, place);
  if (isMap(node)) return { kind: 'map', path, place, entries: readEntries(walk, node, path, depth) };
  if (isSeq(node)) {
    const items = node.items.map((item, index) => readNode(walk, item as ParsedNode, `${path}[${index}]`, depth + 1));
    return { kind: 'list', path, place, items };
  }
  if (isScalar(node)) return readScalar(walk, node.value, node.source ?? '', path, place);
  return readScalar(walk, null, '', path, place);
}

function throughAlias(walk: Walk, node: Alias.Parsed, path: string, depth: number, place: Place): ComposeNode {
  const target = walk.open.has(node.source) ? undefined : node.resolve(walk.document);
  if (target === undefined) {
    const next = 'write the value out';
    walk.problems.push({ ...place, message: `*${node.source} leads nowhere, or to itself`, next });
    return readScalar(walk, null, '', path, place);
  }
  walk.open.add(node.source);
  const read = readNode(walk, target as ParsedNode, path, depth + 1);
  walk.open.delete(node.source);
  // A scalar stands where it is used; the values of a larger part stay where they are written.
  return read.kind === 'scalar' ? { ...read, place } : read;
}

/** The members of a map, those of its merge keys behind its own. */
function readEntries(
  walk: Walk,
  map: Extract<ParsedNode, { items: unknown }>,
  path: string,
  depth: number,
): ReadonlyMap<string, ComposeNode> {
  const entries = new Map<string, ComposeNode>();
  const merged: ComposeNode[] = [];
  for (const pair of isMap(map) ? map.items : []) {
    const key = isScalar(pair.key) ? String(pair.key.source ?? pair.key.value ?? '') : '';
    const value = (pair.value ?? pair.key) as ParsedNode;
    if (key === '<<') {
      const parts = isCollection(value) && isSeq(value) ? (value.items as ParsedNode[]) : [value];
      merged.push(...parts.map((part) => readNode(walk, part, path, depth + 1)));
      continue;
    }
    const inside = path === '' ? key : `${path}.${key}`;
    const place = placeAt(walk.lines, (pair.key as ParsedNode).range[0]);
    const read =
      pair.value === null || pair.value === undefined
        ? readScalar(walk, null, '', inside, place)
        : readNode(walk, value, inside, depth + 1);
    // People look for a key, so a member is where its key is.
    entries.set(key, read.kind === 'scalar' || !isAlias(value) ? { ...read, place } : read);
  }
  for (const each of merged) {
    if (each.kind !== 'map') continue;
    for (const [key, value] of each.entries) if (!entries.has(key)) entries.set(key, value);
  }
  return entries;
}

function readScalar(walk: Walk, value: unknown, source: string, path: string, place: Place): ScalarNode {
  const plain = typeof value === 'number' || typeof value === 'boolean' || value === null ? value : String(value);
  // Numbers keep their writing: `0440`, `1.10` and `22:22` are text to Compose.
  const written = typeof plain === 'string' ? plain : plain === null ? '' : source || String(plain);
  const { text, variables, wrong } = interpolate(written, walk.variables);
  if (wrong !== undefined) {
    const next = 'write $$ for a dollar sign, and a name after $ for a variable';
    walk.problems.push({ ...place, message: `'${path}' has a $ that is no variable`, next });
  }
  return {
    kind: 'scalar',
    path,
    place,
    text,
    value: plain,
    source: written,
    variables,
  };
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

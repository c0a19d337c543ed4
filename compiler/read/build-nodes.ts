import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Value } from '../../schema/document.ts';
import { limits } from '../../schema/limits.ts';
import { directiveAt } from './directive.ts';
import type { Mistake, Node, Slot } from './node.ts';
import { resolvePlain } from './scalar.ts';
import { keyTwice } from './twice.ts';

export interface Built {
  /** Absent when the text is empty or a limit was passed. */
  readonly root?: Node;
  readonly mistakes: readonly Mistake[];
  /** Some feature is used that few files need, and that two readers might understand differently. */
  readonly unusual: boolean;
  /** Where the text of scalars stands, in order: [start, end, start, end, …]. */
  readonly scalars: readonly number[];
  /** What an alias repeats: its text counts at several places. */
  readonly shared: ReadonlySet<Node>;
}

/** What the walk over the events carries along. */
interface Walk {
  readonly text: string;
  readonly events: readonly Event[];
  readonly anchors: Map<string, Node | 'open'>;
  readonly mistakes: Mistake[];
  readonly scalars: number[];
  readonly shared: Set<Node>;
  index: number;
  nodes: number;
  aliases: number;
  unusual: boolean;
  /** Offset after the last thing that was read; where an empty value stands. */
  at: number;
}

/** A limit was passed: nothing after it is read. */
class Stop extends Error {}

/**
 * Parser events of one text → nodes with places. Depth is already limited by the parser, so recursion is safe.
 * Every mistake that leaves the rest readable is collected; a passed limit ends the reading.
 */
export function buildNodes(text: string, events: readonly Event[]): Built {
  const walk: Walk = {
    text,
    events,
    anchors: new Map(),
    mistakes: [],
    scalars: [],
    shared: new Set(),
    index: 0,
    nodes: 0,
    aliases: 0,
    unusual: false,
    at: 0,
  };
  let root: Node | undefined;
  try {
    root = readStream(walk);
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
  }
  return {
    ...(root && { root }),
    mistakes: walk.mistakes,
    unusual: walk.unusual,
    scalars: walk.scalars,
    shared: walk.shared,
  };
}

function readStream(walk: Walk): Node | undefined {
  const first = walk.events[0];
  if (first?.type !== EVENT_ID.DOCUMENT) return undefined;
  if (first.directives.length > 0) {
    walk.mistakes.push(directiveAt(walk.text, Math.max(0, walk.text.search(/^%/m))));
  }
  walk.index = 1;
  const root = readNode(walk, 1).node;
  const second = walk.events.findIndex((event, index) => index > 0 && event.type === EVENT_ID.DOCUMENT);
  if (second > 0) {
    const found = /^(?:---|\.\.\.)/m.exec(walk.text.slice(walk.at));
    const start = found === null ? walk.at : walk.at + found.index;
    report(
      walk,
      'AG107',
      start,
      start + 3,
      'a second document starts here',
      'one file describes one platform: delete the line, or move what follows to a file of its own',
    );
  }
  return root;
}

/** The node at the current event with the place where it is used. Tags and anchors of it are dealt with here. */
function readNode(walk: Walk, depth: number): Pick<Slot, 'node' | 'start' | 'end'> {
  const event = walk.events[walk.index++] as Event;
  walk.nodes += 1;
  if (walk.nodes > limits.nodes)
    stop(
      walk,
      'AG111',
      walk.at,
      `the file has more than ${limits.nodes} values`,
      'split the platform into several files',
    );
  if (event.type === EVENT_ID.ALIAS) return readAlias(walk, event.anchorStart, event.anchorEnd, depth);
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
    throw new Error('the parser gave events out of order');
  if (event.tagStart >= 0) {
    report(
      walk,
      'AG112',
      event.tagStart,
      event.tagEnd,
      `the tag ${walk.text.slice(event.tagStart, event.tagEnd)} is not used here`,
      walk.text.startsWith('!secret', event.tagStart)
        ? 'write { secret: id }, with the id of an entry of `secrets`'
        : 'delete it; values need no tag, and text can stand in quotes',
    );
  }
  const anchor = event.anchorStart >= 0 ? walk.text.slice(event.anchorStart, event.anchorEnd) : undefined;
  if (anchor !== undefined) {
    walk.unusual = true;
    walk.anchors.set(anchor, 'open');
  }
  const node =
    event.type === EVENT_ID.SCALAR
      ? readScalar(walk, event)
      : event.type === EVENT_ID.MAPPING
        ? readMap(walk, event.start, depth)
        : readList(walk, event.start, depth);
  if (anchor !== undefined) walk.anchors.set(anchor, node);
  return { node, start: node.start, end: node.end };
}

function readAlias(walk: Walk, nameStart: number, end: number, depth: number): Pick<Slot, 'node' | 'start' | 'end'> {
  const start = nameStart - 1;
  const name = walk.text.slice(nameStart, end);
  const target = walk.anchors.get(name);
  walk.unusual = true;
  walk.aliases += 1;
  walk.at = end;
  if (walk.aliases > limits.aliases)
    stop(walk, 'AG109', start, `more than ${limits.aliases} aliases`, 'write the values out', end);
  if (target === undefined || target === 'open') {
    const message = target === 'open' ? `*${name} contains itself` : `*${name} has no &${name} before it`;
    report(
      walk,
      'AG109',
      start,
      end,
      message,
      target === 'open'
        ? 'write the value out'
        : `put it in quotes if it is text, or &${name} in front of the value that is meant`,
    );
    return { node: scalarNode(null, start, end), start, end };
  }
  walk.nodes += target.size;
  if (walk.nodes > limits.nodes) {
    stop(
      walk,
      'AG109',
      start,
      `with *${name} written out the file has more than ${limits.nodes} values`,
      'write out what is needed',
      end,
    );
  }
  if (depth + target.height - 1 > limits.depth) {
    stop(
      walk,
      'AG110',
      start,
      `with *${name} written out the file is more than ${limits.depth} levels deep`,
      'write out what is needed',
      end,
    );
  }
  walk.shared.add(target);
  return { node: target, start, end };
}

function readScalar(walk: Walk, event: ScalarEvent): Node {
  if (event.valueStart < 0) return scalarNode(null, walk.at, walk.at);
  const quotes = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
  const start = event.valueStart - quotes;
  const end = event.valueEnd + quotes;
  walk.scalars.push(start, end);
  walk.at = Math.max(walk.at, end);
  const text = getScalarValue(walk.text, event);
  if (event.fast)
    return scalarNode(event.style === SCALAR_STYLE.PLAIN ? plainValue(walk, text, start, end) : text, start, end);
  if (event.style <= SCALAR_STYLE.DOUBLE_QUOTED && !isOneLine(walk.text.slice(start, end), event.style)) {
    walk.unusual = true;
  }
  checkText(walk, text, start, end);
  return scalarNode(event.style === SCALAR_STYLE.PLAIN ? plainValue(walk, text, start, end) : text, start, end);
}

/**
 * True for text in quotes that ends on its line and has only escapes that JSON has too. Those mean the same to every
 * reader, and files have many of them.
 */
function isOneLine(written: string, style: ScalarEvent['style']): boolean {
  if (written.includes('\n')) return false;
  return style === SCALAR_STYLE.SINGLE_QUOTED || (style === SCALAR_STYLE.DOUBLE_QUOTED && jsonString.test(written));
}

const jsonString = /^"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"$/;

function plainValue(walk: Walk, text: string, start: number, end: number): Value {
  const value = resolvePlain(text);
  if (typeof value !== 'object' || value === null) return value;
  report(
    walk,
    'AG114',
    start,
    end,
    `the number ${text} cannot be held exactly`,
    'put it in quotes if it is text, or write a smaller one',
  );
  return 0;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/** Escapes can make what the text itself may not hold. */
function checkText(walk: Walk, text: string, start: number, end: number): void {
  if (!text.isWellFormed()) {
    report(
      walk,
      'AG115',
      start,
      end,
      'the text has half of a surrogate pair',
      'write the whole character, or \\U with eight digits',
    );
  } else if (control.test(text)) {
    report(
      walk,
      'AG104',
      start,
      end,
      'the text has a control character',
      'only tabs and line breaks can be given to a program',
    );
  }
}

function readMap(walk: Walk, start: number, depth: number): Node {
  walk.at = Math.max(walk.at, start + (walk.text[start] === '{' ? 1 : 0));
  const slots = new Map<string, Slot>();
  const value: Record<string, Value> = Object.create(null);
  let size = 1;
  let height = 0;
  while (walk.events[walk.index]?.type !== EVENT_ID.POP) {
    const key = readKey(walk, depth);
    const child = readNode(walk, depth + 1);
    size += child.node.size;
    height = Math.max(height, child.node.height);
    if (key.text === undefined) continue;
    const earlier = slots.get(key.text);
    if (earlier !== undefined) {
      const second = { ...child, keyStart: key.start, keyEnd: key.end };
      const inBrackets = walk.text[start] === '{';
      walk.mistakes.push(keyTwice(walk.text, { name: key.text, first: earlier, second, inBrackets }));
      continue;
    }
    slots.set(key.text, { ...child, keyStart: key.start, keyEnd: key.end });
    value[key.text] = child.node.value;
  }
  walk.index += 1;
  const end = closeFlow(walk, start, '{', '}');
  return { kind: 'map', value, start, end, slots, size, height: height + 1 };
}

/** The text of a key; undefined after a mistake was reported. */
function readKey(walk: Walk, depth: number): { readonly text?: string; readonly start: number; readonly end: number } {
  const event = walk.events[walk.index] as Event;
  const { node, start, end } = readNode(walk, depth + 1);
  if (event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN && node.value === '<<') {
    report(
      walk,
      'AG113',
      start,
      end,
      'merge keys (<<) are not part of YAML 1.2',
      'write the keys out, or use an alias for the whole value',
    );
    return { start, end };
  }
  if (event.type !== EVENT_ID.ALIAS && node.kind === 'scalar' && typeof node.value === 'string')
    return { text: node.value, start, end };
  const written = walk.text.slice(start, end);
  const plain = event.type === EVENT_ID.SCALAR && written !== '';
  const message = plain ? `the key ${written} is ${typeName(node.value)}, not text` : 'a key must be one word of text';
  report(
    walk,
    'AG116',
    start,
    Math.max(end, start + 1),
    message,
    plain ? `put it in quotes: '${written}'` : 'write the key as plain text before the colon',
  );
  return { start, end };
}

function readList(walk: Walk, start: number, depth: number): Node {
  walk.at = Math.max(walk.at, start + 1);
  const slots = new Map<string, Slot>();
  const value: Value[] = [];
  let size = 1;
  let height = 0;
  while (walk.events[walk.index]?.type !== EVENT_ID.POP) {
    const child = readNode(walk, depth + 1);
    size += child.node.size;
    height = Math.max(height, child.node.height);
    slots.set(String(value.length), { ...child, keyStart: child.start, keyEnd: child.end });
    value.push(child.node.value);
  }
  walk.index += 1;
  const end = closeFlow(walk, start, '[', ']');
  return { kind: 'list', value, start, end, slots, size, height: height + 1 };
}

/** The end of a map or list: its closing bracket, or the end of its last value. */
function closeFlow(walk: Walk, start: number, open: string, close: string): number {
  if (walk.text[start] !== open) return Math.max(walk.at, start);
  let at = walk.at;
  for (;;) {
    const character = walk.text[at];
    if (character === undefined) break;
    if (character === close) {
      walk.at = at + 1;
      return walk.at;
    }
    at = character === '#' ? lineEnd(walk.text, at) : at + 1;
  }
  return walk.at;
}

function scalarNode(value: Value, start: number, end: number): Node {
  return { kind: 'scalar', value, start, end, slots: none, size: 1, height: 0 };
}

const none: ReadonlyMap<string, Slot> = new Map();

function report(
  walk: Walk,
  code: string,
  start: number,
  end: number,
  message: string,
  hint: string,
  related?: Mistake['related'],
): void {
  walk.mistakes.push({ code, start, end, message, hint, ...(related && { related }) });
}

function stop(walk: Walk, code: string, start: number, message: string, hint: string, end = start + 1): never {
  report(walk, code, start, Math.min(end, walk.text.length), message, hint);
  throw new Stop();
}

function lineEnd(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}

function typeName(value: Value): string {
  if (value === null) return 'empty';
  return typeof value === 'boolean' ? 'a truth value' : 'a number';
}

/** What became of each value of a Compose file. Nothing is left out in silence: what nobody claimed counts as lost. */
import type { ComposeNode, Place } from './node.ts';

export type Fate = 'taken' | 'changed' | 'lost';

export interface Row extends Place {
  readonly fate: Fate;
  /** In the Compose file: `services.web.ports[0]`. */
  readonly path: string;
  /** In the platform file: `services.web.ports`. Absent when nothing stands for it. */
  readonly to?: string;
  /** How it changed, or why it is lost; one sentence. Never holds a value that may be a secret. */
  readonly why?: string;
  readonly next?: string;
}

export interface Ledger {
  readonly taken: (node: ComposeNode, to?: string) => undefined;
  readonly changed: (
    node: ComposeNode,
    why: string,
    more?: { readonly to?: string; readonly next?: string },
  ) => undefined;
  /** `next`: what its author can do now; nobody is left alone with a loss. */
  readonly lost: (node: ComposeNode, why: string, next: string) => undefined;
  /** Takes back all that was said about a value and what is in it. */
  readonly forget: (node: ComposeNode) => undefined;
  /** Every row, in the order of the file. `root`: the tree whose every leaf must have one. */
  readonly rows: (root: ComposeNode) => readonly Row[];
}

type Entry = Omit<Row, 'path' | 'line' | 'column'>;

export function openLedger(): Ledger {
  const entries = new Map<ComposeNode, Entry[]>();
  const put = (node: ComposeNode, entry: Entry): undefined => {
    const known = entries.get(node) ?? [];
    if (!known.some((each) => each.fate === entry.fate && each.why === entry.why && each.to === entry.to))
      entries.set(node, [...known, entry]);
  };
  return {
    taken: (node, to) => put(node, { fate: 'taken', ...(to === undefined ? {} : { to }) }),
    changed: (node, why, more = {}) => put(node, { fate: 'changed', why, ...more }),
    lost: (node, why, next) => put(node, { fate: 'lost', why, next }),
    forget: (node) => forget(node, entries),
    rows: (root) =>
      rowsUnder(root, entries, false).sort(
        (a, b) => a.line - b.line || a.column - b.column || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
      ),
  };
}

function childrenOf(node: ComposeNode): readonly ComposeNode[] {
  if (node.kind === 'scalar') return [];
  return node.kind === 'map' ? [...node.entries.values()] : node.items;
}

function forget(node: ComposeNode, entries: Map<ComposeNode, unknown>): undefined {
  entries.delete(node);
  for (const child of childrenOf(node)) forget(child, entries);
}

/** An entry of a node speaks for all that is in it; more exact entries below are told as well. */
function rowsUnder(node: ComposeNode, entries: ReadonlyMap<ComposeNode, readonly Entry[]>, claimed: boolean): Row[] {
  const own = entries.get(node) ?? [];
  const rows = own.map((entry) => ({ ...entry, path: node.path, ...node.place }));
  const covered = claimed || own.length > 0;
  const children = childrenOf(node);
  if (children.length === 0 && !covered) rows.push(unclaimed(node));
  return [...rows, ...children.flatMap((child) => rowsUnder(child, entries, covered))];
}

function unclaimed(node: ComposeNode): Row {
  if (node.kind !== 'scalar') return { fate: 'taken', path: node.path, ...node.place };
  return {
    fate: 'lost',
    path: node.path,
    ...node.place,
    why: 'this key is not known',
    next: 'look whether it is misspelled; if it matters, set it in autogit.yaml by hand',
  };
}

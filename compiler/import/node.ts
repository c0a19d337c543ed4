/** A Compose file as a tree in which every value knows its path and its place, with variables filled in. */

/** Line and column count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A variable that the text of a value named. */
export interface UsedVariable {
  readonly name: string;
  /** Whether it had a value, or a default in the file. */
  readonly filled: boolean;
  /** Its value came from outside the file. */
  readonly given: boolean;
  /** `${NAME:?…}`: Compose stops without it. */
  readonly required: boolean;
}

interface Common {
  /** `services.web.ports[0]`. */
  readonly path: string;
  readonly place: Place;
}

export interface ScalarNode extends Common {
  readonly kind: 'scalar';
  /** As the process would see it. Null is the empty string. */
  readonly text: string;
  readonly value: string | number | boolean | null;
  /** Before variables were filled in. */
  readonly source: string;
  readonly variables: readonly UsedVariable[];
}

export interface ListNode extends Common {
  readonly kind: 'list';
  readonly items: readonly ComposeNode[];
}

export interface MapNode extends Common {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, ComposeNode>;
}

export type ComposeNode = ScalarNode | ListNode | MapNode;

/** The member of a map, or undefined where there is no map or no such member. */
export function member(node: ComposeNode | undefined, key: string): ComposeNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key) : undefined;
}

/** Text of a scalar member that is not null. */
export function textAt(node: ComposeNode | undefined, key: string): string | undefined {
  return textIn(member(node, key));
}

export function textIn(node: ComposeNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

/** `true` in whatever way a file writes it: a variable fills in text. */
export function isTrue(node: ComposeNode | undefined): boolean {
  return textIn(node)?.toLowerCase() === 'true';
}

export function entriesOf(node: ComposeNode | undefined): readonly (readonly [string, ComposeNode])[] {
  return node?.kind === 'map' ? [...node.entries] : [];
}

export function itemsOf(node: ComposeNode | undefined): readonly ComposeNode[] {
  return node?.kind === 'list' ? node.items : [];
}

/** Items of a list, or the one value that may stand in its place. */
export function oneOrMany(node: ComposeNode | undefined): readonly ComposeNode[] {
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return [];
  return node.kind === 'list' ? node.items : [node];
}

/** `KEY=value` lists and maps alike: name, value (undefined where there is none) and the node that says so. */
export function pairsOf(
  node: ComposeNode | undefined,
): readonly { readonly name: string; readonly node: ScalarNode; readonly text: string | undefined }[] {
  if (node?.kind === 'map') {
    return [...node.entries].flatMap(([name, value]) =>
      value.kind === 'scalar' ? [{ name, node: value, text: textIn(value) }] : [],
    );
  }
  return itemsOf(node).flatMap((item) => {
    if (item.kind !== 'scalar') return [];
    const at = item.text.indexOf('=');
    const name = at < 0 ? item.text : item.text.slice(0, at);
    return [{ name, node: item, text: at < 0 ? undefined : item.text.slice(at + 1) }];
  });
}

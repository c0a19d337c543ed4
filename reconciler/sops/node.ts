/** What SOPS sees in a file, whichever format it has: maps in their order, lists, and values. */
export type SopsNode =
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: string, node: SopsNode])[] }
  | { readonly kind: 'list'; readonly items: readonly SopsNode[] }
  | { readonly kind: 'text'; readonly text: string }
  /** A number, a truth or a time in clear, as SOPS writes it before it makes its sum. */
  | { readonly kind: 'other'; readonly canonical: string }
  | { readonly kind: 'null' };

/** A file with its `sops` part taken out. YAML may have several documents. */
export interface SopsFile {
  readonly documents: readonly SopsNode[];
  /** The `sops` part; undefined when there is none. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
}

/** A plain value of a node, for the metadata. */
export function plainOf(node: SopsNode): unknown {
  switch (node.kind) {
    case 'map':
      return Object.fromEntries(node.entries.map(([key, inner]) => [key, plainOf(inner)]));
    case 'list':
      return node.items.map(plainOf);
    case 'text':
      return node.text;
    case 'other':
      return node.canonical;
    case 'null':
      return null;
  }
}

/** Takes the map at `sops` out of the first document. */
export function splitMetadata(documents: readonly SopsNode[]): SopsFile {
  const [first] = documents;
  const found = first?.kind === 'map' ? first.entries.find(([key]) => key === 'sops')?.[1] : undefined;
  return {
    documents: documents.map((document) =>
      document.kind === 'map' ? { kind: 'map', entries: document.entries.filter(([key]) => key !== 'sops') } : document,
    ),
    metadata: found?.kind === 'map' ? (plainOf(found) as Readonly<Record<string, unknown>>) : undefined,
  };
}

/** What Go's `strconv.FormatFloat(value, 'f', -1, 64)` writes: the shortest digits, never an exponent. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [, sign = '', whole = '', part = '', power] =
    /^(-?)([0-9]+)(?:\.([0-9]+))?(?:e([+-][0-9]+))?$/.exec(String(value)) ?? [];
  if (power === undefined) return String(value);
  const digits = whole + part;
  const point = whole.length + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

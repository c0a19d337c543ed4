import { type ComposeNode, itemsOf, textAt, textIn } from '../node.ts';
import { type PortDraft, type Scope, target } from '../scope.ts';

interface Mapping {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly published?: number;
  readonly address?: string;
}

/** `ports`, in its short and long form: each becomes a port with a name, and stays bound to the address that it names. */
export function readPorts(node: ComposeNode, scope: Scope): undefined {
  for (const item of itemsOf(node)) {
    const mappings = item.kind === 'map' ? longForm(item) : shortForm(textIn(item) ?? '');
    if (mappings === undefined) {
      scope.ledger.lost(item, 'this is no port mapping that can be taken over', 'write it under `ports` by hand');
      continue;
    }
    const fits = mappings.map((mapping) => addPort(mapping, item, scope)).every(Boolean);
    if (fits) tell(mappings, item, scope);
  }
}

function tell(mappings: readonly Mapping[], item: ComposeNode, scope: Scope): undefined {
  const to = target(scope, 'ports');
  if (mappings.some(({ published }) => published === undefined))
    return scope.ledger.changed(item, 'Compose publishes it on a free port of the host; here it is not published', {
      to,
      next: 'add `publish:` with a port of the host if it is needed outside',
    });
  scope.ledger.taken(item, to);
}

/** `expose`: documents a port, which others on the same networks reach anyway. */
export function readExposed(node: ComposeNode, scope: Scope): undefined {
  for (const item of itemsOf(node)) {
    const mappings = shortForm(textIn(item) ?? '')?.filter(({ published }) => published === undefined);
    if (mappings === undefined || mappings.length === 0)
      scope.ledger.lost(item, 'this is no port', 'write it as 8080 or 53/udp');
    else {
      for (const mapping of mappings) addPort(mapping, item, scope);
      scope.ledger.taken(item, target(scope, 'ports'));
    }
  }
}

/** False when it could not be added, which the ledger then knows. */
function addPort({ port, protocol, published, address }: Mapping, item: ComposeNode, scope: Scope): boolean {
  const { ports } = scope.draft;
  const name = portName(port, protocol);
  const known = ports[name];
  if (known?.publish !== undefined && published !== undefined) {
    scope.ledger.lost(
      item,
      `${protocol} port ${port} is published twice, and one port of the host is all that can be said`,
      'let the clients use the other one, or put a proxy in between',
    );
    return false;
  }
  if (known !== undefined && published === undefined) return true;
  const draft: PortDraft = { port };
  if (protocol === 'udp') draft.protocol = 'udp';
  if (published !== undefined) draft.publish = address === undefined ? published : { port: published, address };
  ports[name] = draft;
  return true;
}

/** Port names are free; this one says what it is and never changes. */
export function portName(port: number, protocol: 'tcp' | 'udp'): string {
  return `${protocol}-${port}`;
}

/** `[address:][host:]container[/protocol]`, each of host and container possibly a range. */
function shortForm(text: string): readonly Mapping[] | undefined {
  const match = /^(?:(?:(\[[0-9a-fA-F:.]+\]|[0-9.]+):)?(\d+(?:-\d+)?)?:)?(\d+(?:-\d+)?)(?:\/(tcp|udp))?$/i.exec(
    text.trim(),
  );
  if (match === null) return undefined;
  return mappingsOf(match[3] ?? '', match[2], match[1]?.replace(/^\[|\]$/g, ''), match[4]?.toLowerCase());
}

function longForm(item: ComposeNode): readonly Mapping[] | undefined {
  const protocol = textAt(item, 'protocol') ?? 'tcp';
  if (protocol !== 'tcp' && protocol !== 'udp') return undefined;
  return mappingsOf(textAt(item, 'target') ?? '', textAt(item, 'published'), textAt(item, 'host_ip'), protocol);
}

function mappingsOf(
  container: string,
  host: string | undefined,
  address: string | undefined,
  protocol: string | undefined,
): readonly Mapping[] | undefined {
  const ports = rangeOf(container);
  const published = host === undefined || host === '' ? undefined : rangeOf(host);
  if (ports === undefined || (host !== undefined && host !== '' && published === undefined)) return undefined;
  // A range of host ports for one port: Compose takes the first that is free.
  if (published !== undefined && published.length !== ports.length) return undefined;
  // 0.0.0.0 is said: without an address the engine listens on IPv6 as well.
  const anywhere = address === undefined || address === '';
  return ports.map((port, index): Mapping => {
    const base = { port, protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const) };
    const outside = published?.[index];
    if (outside === undefined) return base;
    return anywhere ? { ...base, published: outside } : { ...base, published: outside, address: address.toLowerCase() };
  });
}

function rangeOf(text: string): readonly number[] | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > 65_535 || last < first || last - first > 1000) return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

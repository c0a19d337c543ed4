import { type ComposeNode, entriesOf, itemsOf, member, pairsOf, textAt, textIn } from '../node.ts';
import { type Scope, target } from '../scope.ts';

/** `networks` of a service. Who may talk to whom is worked out from all services together; here is what belongs to one. */
export function readNetworks(node: ComposeNode, scope: Scope): undefined {
  const to = target(scope, 'needs');
  for (const item of itemsOf(node)) scope.ledger.taken(item, to);
  for (const [name, part] of entriesOf(node)) {
    if (part.kind !== 'map') scope.ledger.taken(part, to);
    for (const [key, value] of entriesOf(part)) {
      if (key === 'aliases') for (const alias of itemsOf(value)) scope.ledger.taken(alias, target(scope, 'aliases'));
      else scope.ledger.lost(value, `${key} on the network ${name} cannot be said`, 'use names, not addresses');
    }
  }
}

/** `network_mode`. */
export function readNetworkMode(node: ComposeNode, scope: Scope): undefined {
  const mode = textIn(node) ?? '';
  if (mode === 'host') {
    scope.draft.hostNetwork = true;
    return scope.ledger.changed(node, 'it uses the network of the host', {
      to: target(scope, 'hostNetwork'),
      next: 'the policy file of the host has to allow it',
    });
  }
  if (mode === 'none') {
    scope.draft.internet = false;
    return scope.ledger.taken(node, target(scope, 'internet'));
  }
  if (mode === 'bridge' || mode === 'default') return scope.ledger.taken(node);
  scope.ledger.lost(node, 'a container cannot share the network of another one', 'connect them with `needs`');
}

/** `extra_hosts`: a list of `name:address` or `name=address`, or a map. */
export function readExtraHosts(node: ComposeNode, scope: Scope): undefined {
  const pairs =
    node.kind === 'map'
      ? pairsOf(node).map(({ name, node: at, text }) => ({ name, at, address: text ?? '' }))
      : itemsOf(node).map((at) => {
          const [, name = '', address = ''] = /^([^:=]+)[:=](.*)$/.exec(textIn(at) ?? '') ?? [];
          return { name, at, address };
        });
  for (const { name, at, address } of pairs) {
    const plain = address.replace(/^\[|\]$/g, '').toLowerCase();
    if (!/^[0-9a-f:.]+$/.test(plain) || !/^[a-z0-9][-a-z0-9.]*$/.test(name)) {
      scope.ledger.lost(at, 'it stands for no fixed address', 'name the address of the host, or a DNS name');
      continue;
    }
    scope.draft.extraHosts[name] = plain;
    scope.ledger.taken(at, target(scope, 'extraHosts'));
  }
}

/** Every name under which others reach the service by its networks. */
export function aliasesOf(service: ComposeNode): readonly string[] {
  return entriesOf(member(service, 'networks')).flatMap(([, part]) =>
    itemsOf(member(part, 'aliases')).flatMap((alias) => textIn(alias) ?? []),
  );
}

/** Networks that a service is on; `default` when the file names none, none with a `network_mode`. */
export function networksOf(service: ComposeNode): readonly string[] {
  if (textAt(service, 'network_mode') !== undefined) return [];
  const networks = member(service, 'networks');
  const named =
    networks?.kind === 'map' ? [...networks.entries.keys()] : itemsOf(networks).flatMap((item) => textIn(item) ?? []);
  return named.length === 0 ? ['default'] : named;
}

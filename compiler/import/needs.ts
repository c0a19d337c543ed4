import { knownPorts } from './known-images.ts';
import { isHostVariable, mentions, portsNamed } from './mentions.ts';
import { isLabel } from './names.ts';
import { type ComposeNode, entriesOf, isTrue, itemsOf, member, oneOrMany, textAt, textIn } from './node.ts';
import type { Condition, Scope } from './scope.ts';
import { aliasesOf, networksOf } from './service/network.ts';
import { portName } from './service/ports.ts';
import { textsOf } from './service/read-service.ts';

/** Names under which a service answers in Compose. */
export function namesOf(scope: Scope): readonly string[] {
  const container = textAt(scope.node, 'container_name');
  const names = [scope.name, ...(container === undefined ? [] : [container]), ...aliasesOf(scope.node)];
  return [...new Set(names)].filter((name) => name !== '');
}

/** The services of the file and how to find them. */
interface Net {
  readonly scopes: readonly Scope[];
  readonly byName: ReadonlyMap<string, Scope>;
  readonly byId: ReadonlyMap<string, Scope>;
  readonly root: ComposeNode;
}

/** Works out who talks to whom, and adds it to the drafts: what is written, what addresses name, what networks join. */
export function connect(scopes: readonly Scope[], root: ComposeNode): undefined {
  const byName = new Map(scopes.map((scope) => [scope.name, scope]));
  const byId = new Map(scopes.map((scope) => [scope.id, scope]));
  const net: Net = { scopes, byName, byId, root };
  for (const scope of scopes) {
    readDependencies(scope, net);
    readLinks(scope, net);
  }
  for (const scope of scopes)
    for (const item of itemsOf(member(scope.node, 'external_links'))) externalLink(item, scope, net);
  // Names with dots are those of browsers as well, so they decide last who waits for whom.
  for (const scope of scopes) for (const other of scopes) mention(scope, other, net, isPlain);
  joinPairs(net);
  for (const scope of scopes) for (const other of scopes) mention(scope, other, net, isDotted);
  for (const scope of scopes) {
    if (networksOf(scope.node).length > 0)
      scope.draft.internet = networksOf(scope.node).some((name) => !isInternal(net, name));
    settle(scope, net);
  }
}

function readDependencies(scope: Scope, net: Net): undefined {
  const node = member(scope.node, 'depends_on');
  const to = `services.${scope.id}.needs`;
  for (const item of itemsOf(node)) {
    const other = net.byName.get(textIn(item) ?? '');
    if (other === undefined) scope.ledger.lost(item, 'there is no such service here', 'its profile may be left out');
    else {
      need(scope, other, 'started');
      scope.ledger.taken(item, to);
    }
  }
  for (const [name, part] of entriesOf(node)) {
    const other = net.byName.get(name);
    if (other === undefined) {
      if (textAt(part, 'required') === 'false') scope.ledger.taken(part);
      else scope.ledger.lost(part, 'there is no such service here', 'its profile may be left out');
      continue;
    }
    const condition = textAt(part, 'condition') ?? 'service_started';
    need(scope, other, conditions[condition] ?? 'started');
    if (condition === 'service_completed_successfully') other.draft.job ??= { at: 'once' };
    const restart = isTrue(member(part, 'restart'));
    if (restart) scope.ledger.changed(part, 'it is not restarted together with the other one', { to });
    else scope.ledger.taken(part, to);
  }
}

const conditions: Readonly<Record<string, Condition>> = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'done',
};

function need(scope: Scope, other: Scope, condition: Condition): undefined {
  if (scope === other) return;
  const known = scope.draft.needs.get(other.id);
  if (known === undefined || known === 'started') scope.draft.needs.set(other.id, condition);
}

/** `links`: a name, or `name:alias`; the alias becomes one of the other service. */
function readLinks(scope: Scope, net: Net): undefined {
  for (const item of itemsOf(member(scope.node, 'links'))) {
    const [name = '', alias] = (textIn(item) ?? '').split(':');
    const other = net.byName.get(name);
    if (other === undefined) {
      scope.ledger.lost(item, 'there is no such service here', 'its profile may be left out');
      continue;
    }
    need(scope, other, 'started');
    addAlias(item, alias ?? name, other, scope);
  }
}

/** `external_links` of a service of this file are links; those to elsewhere are lost. */
function externalLink(item: ComposeNode, scope: Scope, net: Net): undefined {
  const [name = '', alias] = (textIn(item) ?? '').split(':');
  const other = net.byName.get(name);
  if (other === undefined)
    return scope.ledger.lost(
      item,
      'the container is not in this file',
      'reach it by an address, with `internet: true`',
    );
  if (reaches(net, other.id, scope.id))
    return scope.ledger.lost(item, 'both would wait for each other', 'reach it through its `host`');
  need(scope, other, 'started');
  addAlias(item, alias ?? name, other, scope);
}

function addAlias(item: ComposeNode, alias: string, other: Scope, scope: Scope): undefined {
  if (alias !== other.id && alias !== other.name && !isLabel(alias))
    return scope.ledger.lost(item, `'${alias}' is no name that a service can have`, `use ${other.id}`);
  if (alias !== other.id && isLabel(alias) && !other.draft.aliases.includes(alias)) other.draft.aliases.push(alias);
  scope.ledger.taken(item, `services.${scope.id}.needs`);
}

/** An address of another service in a variable, a command or a file, on a network that both are on. */
function mention(scope: Scope, other: Scope, net: Net, counts: (name: string) => boolean): undefined {
  if (scope === other || !shareNetwork(scope, other)) return;
  const names = namesOf(other).filter(counts);
  const texts = textsOf(scope);
  const variables = Object.entries(scope.draft.environment);
  const named = names.some(
    (name) =>
      texts.some((text) => text !== name && mentions(text, name)) ||
      variables.some(([variable, value]) => value === name && isHostVariable(variable)),
  );
  const secretUse = credentialsMention(scope, names);
  if (!named && !secretUse) return;
  for (const name of names) for (const text of texts) for (const port of portsNamed(text, name)) addPort(other, port);
  if (scope.draft.needs.has(other.id)) return;
  if (!reaches(net, other.id, scope.id)) return need(scope, other, 'started');
  scope.ledger.changed(
    scope.node,
    `it names '${other.id}', which waits for it already, and two cannot wait for each other: it does not find it by name`,
    { next: `reach ${other.id} through its \`host\`, or take the need of ${other.id} away` },
  );
}

function isPlain(name: string): boolean {
  return !name.includes('.');
}

function isDotted(name: string): boolean {
  return name.includes('.');
}

/** An address with a password was not copied, but it still names a host. */
function credentialsMention(scope: Scope, names: readonly string[]): boolean {
  const environment = member(scope.node, 'environment');
  const nodes = environment?.kind === 'map' ? [...environment.entries.values()] : oneOrMany(environment);
  return nodes.some((node) => {
    const text = textIn(node) ?? '';
    return (
      text.includes('://') &&
      names.some((name) => mentions(text.slice(text.indexOf('=') + 1), name) || mentions(text, name))
    );
  });
}

function shareNetwork(a: Scope, b: Scope): boolean {
  const networks = networksOf(b.node);
  return networksOf(a.node).some((network) => networks.includes(network));
}

/** Whether one waits for the other already, over however many steps. */
function reaches({ byId }: Net, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const id of seen) {
    if (id === to) return true;
    for (const next of byId.get(id)?.draft.needs.keys() ?? []) seen.add(next);
  }
  return false;
}

/** A network of the file with two services on it is there so that they can talk, even when nothing else says so. */
function joinPairs(net: Net): undefined {
  for (const [name] of entriesOf(member(net.root, 'networks'))) {
    if (name === 'default') continue;
    const on = net.scopes.filter((scope) => networksOf(scope.node).includes(name));
    const [a, b] = on;
    if (on.length !== 2 || a === undefined || b === undefined) continue;
    if (a.draft.needs.has(b.id) || b.draft.needs.has(a.id)) continue;
    const [from, to] = isServer(a, name) && !isServer(b, name) ? [b, a] : [a, b];
    if (reaches(net, to.id, from.id)) need(to, from, 'started');
    else need(from, to, 'started');
  }
}

/** Who has further names on a network is looked for there. */
function isServer({ node }: Scope, network: string): boolean {
  return itemsOf(member(member(member(node, 'networks'), network), 'aliases')).length > 0;
}

function isInternal({ root }: Net, name: string): boolean {
  return isTrue(member(member(member(root, 'networks'), name), 'internal'));
}

/** What a need can be, and a port to talk to: a need opens the ports of the other service. */
function settle(scope: Scope, net: Net): undefined {
  const node = member(scope.node, 'depends_on') ?? scope.node;
  for (const [id, condition] of scope.draft.needs) {
    const other = net.byId.get(id);
    if (other === undefined) continue;
    if (condition === 'healthy' && other.draft.health === undefined) {
      scope.draft.needs.set(id, 'started');
      scope.ledger.changed(node, `'${id}' has no health check here, so it only has to be started`, {
        to: `services.${scope.id}.needs`,
        next: `write \`health:\` for ${id}, and \`${id}: healthy\` under \`needs\``,
      });
    }
    if (Object.keys(other.draft.ports).length > 0 || other.draft.job !== undefined || other.draft.hostNetwork) continue;
    // Without a common network one only starts after the other.
    if (!shareNetwork(scope, other)) continue;
    for (const port of knownPorts(other.draft.image)) addPort(other, port);
    if (Object.keys(other.draft.ports).length === 0)
      scope.ledger.changed(node, `no port of '${id}' is known, so nothing can be reached there`, {
        to: `services.${id}.ports`,
        next: `write the port that ${id} listens on under its \`ports\``,
      });
  }
}

function addPort({ draft }: Scope, port: number): undefined {
  if (draft.hostNetwork || Object.values(draft.ports).some((each) => each.port === port)) return;
  draft.ports[portName(port, 'tcp')] = { port };
}

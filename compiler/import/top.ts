import { isExternal, volumeCommand } from './external.ts';
import type { Ledger } from './ledger.ts';
import { type ComposeNode, entriesOf, isTrue, itemsOf, type MapNode, member, textAt, textIn } from './node.ts';
import type { Scope } from './scope.ts';
import { networksOf } from './service/network.ts';

/** Everything at the top of a Compose file besides its services. */
export function readTop(root: MapNode, scopes: readonly Scope[], ledger: Ledger): undefined {
  for (const [key, part] of root.entries) {
    if (key === 'version' || key.startsWith('x-')) ledger.taken(part);
    else if (key === 'name') ledger.taken(part, 'name');
    else if (key === 'include')
      ledger.lost(
        part,
        'other files are not read',
        'import `docker compose config --no-interpolate` in place of this file',
      );
    else if (key === 'models') ledger.lost(part, 'a model is no container', 'run a server for it as a service');
    else if (key === 'networks')
      for (const [name, network] of entriesOf(part)) readNetwork(name, network, scopes, ledger);
    else if (key === 'volumes') for (const [name, volume] of entriesOf(part)) readVolume(name, volume, scopes, ledger);
    else if (key === 'configs' || key === 'secrets')
      for (const [name, each] of entriesOf(part)) readFile(key, name, each, scopes, ledger);
  }
}

function readNetwork(name: string, node: ComposeNode, scopes: readonly Scope[], ledger: Ledger): undefined {
  const used = scopes.some((scope) => networksOf(scope.node).includes(name));
  if (isExternal(node))
    return ledger.changed(node, 'what else is on that network is not reached any more: links make networks', {
      next: 'bring what it talks to into the platform file, or publish a port',
    });
  if (!used) return ledger.changed(node, 'nothing is on it');
  if (node.kind === 'scalar') return ledger.taken(node, 'services.*.needs');
  for (const [key, part] of entriesOf(node)) {
    const fits = key === 'internal' || key === 'name' || key === 'labels' || key === 'attachable';
    if (fits || (key === 'driver' && textIn(part) === 'bridge')) ledger.taken(part, 'services.*.needs');
    else if (key === 'external' && !isTrue(part)) ledger.taken(part);
    else ledger.lost(part, 'networks are plain bridges that AutoGit makes', 'use names, not addresses');
  }
}

function readVolume(name: string, node: ComposeNode, scopes: readonly Scope[], ledger: Ledger): undefined {
  const used = scopes.some(({ node: service }) =>
    itemsOf(member(service, 'volumes')).some(
      (item) => (textAt(item, 'source') ?? textIn(item)?.split(':')[0]) === name,
    ),
  );
  if (!used) return ledger.changed(node, 'nothing mounts it');
  if (node.kind === 'scalar') return ledger.taken(node, 'services.*.volumes');
  for (const [key, part] of entriesOf(node)) {
    if (key === 'driver_opts')
      ledger.changed(part, 'the volume is used as it is and not made', {
        next: `on a new host make it first: ${volumeCommand(node, textAt(node, 'name') ?? `${scopes[0]?.project ?? ''}_${name}`)}`,
      });
    else if (key === 'driver' && textIn(part) !== 'local')
      ledger.lost(part, 'volumes are of the driver local', 'make the volume by hand and write `external:`');
    else ledger.taken(part, 'services.*.volumes');
  }
}

function readFile(
  kind: 'configs' | 'secrets',
  name: string,
  node: ComposeNode,
  scopes: readonly Scope[],
  ledger: Ledger,
): undefined {
  const used = scopes.some(({ node: service }) =>
    itemsOf(member(service, kind)).some((item) => (textIn(item) ?? textAt(item, 'source')) === name),
  );
  if (!used) return ledger.changed(node, 'nothing mounts it');
  if (isExternal(node) && kind === 'secrets')
    return ledger.changed(node, 'its value comes from an environment variable of the reconciler now', {
      to: 'secrets',
    });
  if (isExternal(node))
    return ledger.lost(node, 'its content is outside of this file', 'write it under `configs` of the service');
  for (const [key, part] of entriesOf(node)) {
    if (['file', 'environment', 'content', 'name', 'labels'].includes(key))
      ledger.taken(part, kind === 'secrets' ? 'secrets' : 'services.*.configs');
    else ledger.lost(part, 'only Swarm reads this', 'nothing has to take its place: Compose passes over it as well');
  }
}

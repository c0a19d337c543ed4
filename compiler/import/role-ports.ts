import type { ComposeNode } from './node.ts';
import type { Scope } from './scope.ts';

/** An entry of `ports` in its short form; empty for the long one. */
export function portText(item: ComposeNode): string {
  return item.kind === 'scalar' ? item.text : '';
}

/** What becomes of the published ports of a forge: SSH stays, the web is served by the ingress. */
export function tellForgePorts(node: ComposeNode, { ledger }: Scope): undefined {
  for (const item of node.kind === 'list' ? node.items : []) {
    if (/(?:^|:)(?:22|2222)(?:\/tcp)?$/.test(portText(item))) ledger.taken(item, 'forge.ssh');
    else ledger.changed(item, 'it is served by the ingress, at its name under the domain', { to: 'forge.host' });
  }
}

/** The port of the host that leads to one of the container. */
export function publishedPort({ draft }: Scope, port: number): number | undefined {
  const publish = Object.values(draft.ports).find((each) => each.port === port)?.publish;
  return typeof publish === 'object' ? publish.port : publish;
}

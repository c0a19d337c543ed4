import { knownHttpPort } from './known-images.ts';
import { isLabel } from './names.ts';
import { member, pairsOf, type ScalarNode } from './node.ts';
import { type Scope, target } from './scope.ts';

interface Label {
  readonly name: string;
  readonly node: ScalarNode;
  readonly text: string;
}

/** Labels of a service, whose names do not look at upper and lower case. */
function labelsOf({ node }: Scope): readonly Label[] {
  return pairsOf(member(node, 'labels')).map(({ name, node: at, text }) => ({
    name: name.toLowerCase(),
    node: at,
    text: text ?? '',
  }));
}

const rule = /^traefik\.http\.routers\.[^.]+\.rule$/;
const server = /^traefik\.http\.services\.[^.]+\.loadbalancer\.server\.port$/;

/** Names of hosts in rules such as ``Host(`wiki.example.org`)``. */
function hostsIn(text: string): readonly string[] {
  return [...text.matchAll(/Host\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/[`"']([^`"']+)[`"']/g)].map(([, name = '']) => name.toLowerCase()),
  );
}

/** Every host that labels for Traefik name. */
export function routedHosts(scopes: readonly Scope[]): readonly string[] {
  return scopes.flatMap((scope) => labelsOf(scope).flatMap(({ name, text }) => (rule.test(name) ? hostsIn(text) : [])));
}

/** The domain under which all hosts lie: what is left of each without its first part. */
export function commonDomain(hosts: readonly string[]): string | undefined {
  const domains = new Set(hosts.map((host) => host.split('.').slice(1).join('.')));
  const [domain] = domains;
  return domains.size === 1 && domain !== '' ? domain : undefined;
}

/** Labels of a service: a route becomes `host` and `port`, everything else is lost. */
export function readLabels(scope: Scope, domain: string, served: boolean): undefined {
  const labels = labelsOf(scope);
  const routed = labels.find(({ name, text }) => rule.test(name) && hostsIn(text).length > 0);
  const host = hostsIn(routed?.text ?? '')[0];
  const label = host?.endsWith(`.${domain}`) ? host.slice(0, -domain.length - 1) : undefined;
  const port = httpPort(scope, labels);
  const plain = routed !== undefined && /^\s*Host\([^)]*\)\s*$/.test(routed.text) && hostsIn(routed.text).length === 1;
  const fits = served && label !== undefined && isLabel(label) && port !== undefined;
  if (fits) serve(scope, label, port);
  for (const each of labels) {
    if (fits && each === routed && plain) scope.ledger.taken(each.node, target(scope, 'host'));
    else if (fits && each === routed)
      scope.ledger.changed(each.node, `it is served at ${host}, whatever else the rule says`, {
        to: target(scope, 'host'),
      });
    else if (each === routed) scope.ledger.lost(each.node, whyNot(served, label, domain), next(host, domain));
    else lose(each, fits, scope);
  }
}

function serve({ draft }: Scope, label: string, port: number): undefined {
  draft.host = label;
  draft.port = port;
  // `port` names it already, unless it is published.
  for (const [name, each] of Object.entries(draft.ports))
    if (each.port === port && each.protocol === undefined && each.publish === undefined) delete draft.ports[name];
  if (Object.values(draft.ports).some((each) => each.port === port && each.protocol === undefined)) {
    draft.host = label;
    delete draft.port;
  }
}

function httpPort({ draft }: Scope, labels: readonly Label[]): number | undefined {
  const named = Number(labels.find(({ name }) => server.test(name))?.text);
  if (Number.isInteger(named) && named > 0) return named;
  const known = knownHttpPort(draft.image);
  if (known !== undefined) return known;
  const ports = Object.values(draft.ports).filter(({ protocol }) => protocol === undefined);
  return ports.length === 1 ? ports[0]?.port : undefined;
}

function whyNot(served: boolean, label: string | undefined, domain: string): string {
  if (!served) return 'there is no Traefik in this file that would read it';
  return label === undefined ? `it is no name directly under ${domain}` : 'the port that speaks HTTP is not known';
}

function next(host: string | undefined, domain: string): string {
  return `write \`port:\` and \`host:\`, which is served as <host>.${domain}${host === undefined ? '' : `; ${host} was meant`}`;
}

function lose({ name, node }: Label, routed: boolean, scope: Scope): undefined {
  // Its own labels are put there again.
  if (name.startsWith('autogit.dev/')) return scope.ledger.taken(node);
  if (routed && (name === 'traefik.enable' || server.test(name) || /\.entrypoints$/.test(name)))
    return scope.ledger.taken(node, target(scope, 'host'));
  if (loseTraefik(name, node, routed, scope)) return;
  scope.ledger.lost(node, 'labels are AutoGit’s own', 'a program that reads labels has to be told another way');
}

/** Labels of a service that became a role: what the role does by itself, and what nothing stands for. */
export function readRoleLabels(scope: Scope, role: string, domain: string): undefined {
  const { ledger } = scope;
  for (const { name, node, text } of labelsOf(scope)) {
    if (name.startsWith('autogit.dev/')) ledger.taken(node);
    else if (role === 'ingress' && rule.test(name))
      ledger.lost(
        node,
        'the page of Traefik itself is not served',
        'write `dashboard`: autogit explain ingress.dashboard',
      );
    else if (rule.test(name))
      ledger.changed(node, `it is served at its name under ${domain}`, {
        to: `${role}.host`,
        next: `write \`host:\` if ${hostsIn(text)[0] ?? 'another name'} is to stay`,
      });
    else if (loseTraefik(name, node, false, scope)) continue;
    else if (name.startsWith('traefik.')) ledger.taken(node, role);
    else ledger.lost(node, 'labels are AutoGit’s own', 'a program that reads labels has to be told another way');
  }
}

/** True when a label was one for TLS or of middlewares, which are told. `served`: others reach it by its host now. */
function loseTraefik(name: string, node: ScalarNode, served: boolean, { ledger }: Scope): boolean {
  if (!name.startsWith('traefik.')) return false;
  if (/\.tls(?:\.|$)/.test(name)) {
    ledger.lost(
      node,
      'the way to certificates is not taken over',
      'write `certificates`: autogit explain certificates',
    );
    return true;
  }
  if (!/\.middlewares/.test(name)) return false;
  const next = '`protect: sso` asks for sign-on; what else it did, such as headers, the program has to do';
  if (served && /\.routers\.[^.]+\.middlewares$/.test(name))
    ledger.lost(node, 'no middleware of Traefik stands before it any more: whoever reaches its host comes in', next);
  else ledger.lost(node, 'middlewares of Traefik cannot be said', next);
  return true;
}

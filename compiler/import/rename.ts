import { mentions, renamed } from './mentions.ts';
import { isLabel } from './names.ts';
import { namesOf } from './needs.ts';
import { entriesOf, itemsOf, member, textAt, textIn } from './node.ts';
import type { Scope } from './scope.ts';
import { textsIn, textsOf } from './service/read-service.ts';

/**
 * Every name of a service goes on working: as an alias where it can be one, else it is written anew where it is used, else
 * the report says where it stands.
 * @param id what the service is called in the platform file: its own id, or the role that it became
 */
export function rename(scope: Scope, id: string, left: readonly Scope[]): undefined {
  const role = id !== scope.id;
  for (const name of namesOf(scope)) {
    if (name === id) continue;
    const users = left.filter((other) => other !== scope && textsOf(other).some((text) => mentions(text, name)));
    const asAlias = !role && isLabel(name) && (name === scope.name || users.length > 0 || isAlias(scope, name));
    if (asAlias) {
      if (!scope.draft.aliases.includes(name)) scope.draft.aliases.push(name);
      continue;
    }
    for (const user of users) rewrite(user, name, id);
    if (isAlias(scope, name) && name !== scope.name) tellAlias(scope, name, id);
  }
  tellName(scope, id);
}

function isAlias(scope: Scope, name: string): boolean {
  return name !== textAt(scope.node, 'container_name');
}

function tellAlias({ node, ledger }: Scope, name: string, id: string): undefined {
  for (const [, network] of entriesOf(member(node, 'networks')))
    for (const alias of itemsOf(member(network, 'aliases')))
      if (textIn(alias) === name) {
        ledger.forget(alias);
        ledger.changed(
          alias,
          `a name with other signs than letters, digits and dashes is no alias; it is ${id} inside`,
          {
            next: `for whoever still uses ${name} inside, have a name server answer, or write \`extraHosts\``,
          },
        );
      }
}

/** `container_name`, and a service that has another id now. */
function tellName(scope: Scope, id: string): undefined {
  const container = member(scope.node, 'container_name');
  if (container !== undefined) {
    const kept = scope.draft.aliases.includes(textIn(container) ?? '');
    scope.ledger.changed(
      container,
      `the container is called ${scope.platform}-${id}-1`,
      kept ? { to: `services.${id}.aliases` } : {},
    );
  }
  if (scope.name !== scope.id && id === scope.id)
    scope.ledger.changed(scope.node, `the service is called ${id} now`, { to: `services.${id}` });
}

function rewrite(user: Scope, from: string, to: string): undefined {
  const { draft, ledger, node } = user;
  const put = (text: string) => (mentions(text, from) && !isPublic(user, text, from) ? renamed(text, from, to) : text);
  for (const [name, value] of Object.entries(draft.environment))
    if (typeof value === 'string') draft.environment[name] = put(value);
  if (draft.command !== undefined) draft.command = draft.command.map(put);
  if (draft.entrypoint !== undefined) draft.entrypoint = draft.entrypoint.map(put);
  if (draft.health !== undefined) draft.health = { ...draft.health, exec: draft.health.exec.map(put) };
  for (const config of Object.values(draft.configs)) {
    if (config.text !== undefined) config.text = put(config.text);
    else if (textsIn(config, user.input).some((text) => put(text) !== text))
      ledger.changed(
        member(node, 'configs') ?? member(node, 'volumes') ?? node,
        `the file ${config.file} names ${from}, which is called ${to} now`,
        { next: `write ${to} in that file` },
      );
  }
}

/**
 * A name with dots behind https:// is what browsers and certificates know, so it stays as it is; and AutoGit itself gives
 * an alias with dots only to what serves the hosts of the platform.
 */
function isPublic({ node }: Scope, text: string, name: string): boolean {
  return name.includes('.') && (text.includes(`https://${name}`) || member(node, 'x-autogit-source') !== undefined);
}

import { hasCredentials } from '../../model/secret-names.ts';
import { externalName, isExternal } from '../external.ts';
import { type ComposeNode, itemsOf, member, textAt, textIn } from '../node.ts';
import { absolutePath, containerPath, normalised, pathInside } from '../paths.ts';
import { holdsGivenSecret, type Scope, target } from '../scope.ts';

/** `configs` of a service: files at the paths that the containers know. */
export function readConfigs(node: ComposeNode, scope: Scope): undefined {
  for (const item of itemsOf(node)) {
    const name = textIn(item) ?? textAt(item, 'source');
    const path = containerPath(rooted(textAt(item, 'target') ?? name ?? '', '/'));
    const declared = member(member(scope.root, 'configs'), name ?? '');
    if (name === undefined || path === undefined || declared === undefined) {
      scope.ledger.lost(item, 'there is no such config at the top of the file', 'add it under `configs`');
      continue;
    }
    readConfig(name, path, declared, item, scope);
  }
}

function readConfig(name: string, path: string, declared: ComposeNode, item: ComposeNode, scope: Scope): undefined {
  const { ledger, input, secrets } = scope;
  const file = textAt(declared, 'file');
  const content = member(declared, 'content');
  const variable = textAt(declared, 'environment');
  if (variable !== undefined) {
    scope.draft.secrets.push({ secret: secrets.variable(variable), path });
    return ledger.changed(item, `the value of ${variable} is mounted as a secret`, { to: target(scope, 'secrets') });
  }
  if (content !== undefined) return inline(name, path, content, item, scope);
  if (file === undefined)
    return ledger.lost(item, 'its content is outside of this file', 'write it under `configs` with `text:` or `file:`');
  const source = absolutePath(file, input.folder, input.home);
  const inside = pathInside(source, input.folder);
  if (inside !== undefined && input.look(source).kind === 'text' && addConfigFile(inside, path, scope))
    return told(item, scope);
  scope.ledger.lost(
    item,
    `${file} cannot be read in the folder of the platform`,
    'put it there and write it under `configs`',
  );
}

function inline(name: string, path: string, content: ComposeNode, item: ComposeNode, scope: Scope): undefined {
  const text = textIn(content) ?? '';
  if (holdsGivenSecret(content) || hasCredentials(text))
    return scope.ledger.lost(item, 'a secret stands in its text', 'put the text into a file and mount it as a secret');
  scope.draft.configs[fileName(name, scope)] = { path, text };
  told(item, scope);
}

function told(item: ComposeNode, scope: Scope): undefined {
  const to = target(scope, 'configs');
  const rights = ['uid', 'gid', 'mode'].filter((key) => member(item, key) !== undefined);
  if (rights.length === 0) scope.ledger.taken(item, to);
  else
    scope.ledger.changed(item, `${rights.join(', ')} cannot be said: everybody in the container may read it`, { to });
}

/** A file below the folder of the platform file as a configuration file; false when it lies elsewhere. */
export function addConfigFile(inside: string, path: string, scope: Scope): boolean {
  const { within } = scope.input;
  if (within === undefined) return false;
  const file = normalised(within === '' ? inside : `${within}/${inside}`);
  if (!/^[^\\:]+$/.test(file) || file.startsWith('/')) return false;
  scope.draft.configs[fileName(file.split('/').at(-1) ?? file, scope)] = {
    path,
    file,
    from: `${scope.input.folder}/${inside}`,
  };
  return true;
}

/** A name that is free in the service: letters, digits, dots, dashes, underscores. */
function fileName(text: string, scope: Scope): string {
  const name =
    text
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[-.]+/, '')
      .slice(0, 60) || 'config';
  let free = name;
  for (let n = 2; Object.hasOwn(scope.draft.configs, free); n++) free = `${n}-${name}`.slice(0, 63);
  return free;
}

/** `secrets` of a service: the file lands where its target says, `/run/secrets/<source>` when nothing is said. */
export function readSecrets(node: ComposeNode, scope: Scope): undefined {
  for (const item of itemsOf(node)) {
    const name = textIn(item) ?? textAt(item, 'source');
    const path = containerPath(rooted(textAt(item, 'target') ?? name ?? '', '/run/secrets/'));
    const declared = member(member(scope.root, 'secrets'), name ?? '');
    const secret = name === undefined || declared === undefined ? undefined : secretOf(name, declared, scope);
    if (secret === undefined || path === undefined) {
      scope.ledger.lost(item, 'there is no such secret at the top of the file', 'add it under `secrets`');
      continue;
    }
    scope.draft.secrets.push({ secret, path });
    const rights = ['uid', 'gid', 'mode'].filter((key) => member(item, key) !== undefined);
    const to = target(scope, 'secrets');
    if (rights.length === 0) scope.ledger.taken(item, to);
    else
      scope.ledger.changed(item, `${rights.join(', ')} cannot be said: the user of the container may read it`, { to });
  }
}

function secretOf(name: string, declared: ComposeNode, scope: Scope): string {
  const file = textAt(declared, 'file');
  const variable = textAt(declared, 'environment');
  if (variable !== undefined) return scope.secrets.variable(variable);
  if (file !== undefined) return scope.secrets.file(name, absolutePath(file, scope.input.folder, scope.input.home));
  const outside = isExternal(declared) ? (externalName(declared) ?? name) : name;
  return scope.secrets.variable(
    outside
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^(?=[0-9])/, '_'),
  );
}

function rooted(path: string, folder: string): string {
  return path.startsWith('/') ? path : folder + path;
}

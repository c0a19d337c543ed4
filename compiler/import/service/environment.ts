import { isSecretName, isSecretValue } from '../../model/secret-names.ts';
import { readEnvFile } from '../env-file.ts';
import { onlyVariableIn } from '../interpolate.ts';
import { fileVariable } from '../known-images.ts';
import { type ComposeNode, member, oneOrMany, pairsOf, type ScalarNode, textAt, textIn } from '../node.ts';
import { absolutePath } from '../paths.ts';
import { type Scope, target, unfilled } from '../scope.ts';

const validName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `environment`: text stays text, secrets become references, and what the shell would have supplied is named. */
export function readEnvironment(node: ComposeNode, scope: Scope): undefined {
  if (node.kind === 'scalar') return scope.ledger.taken(node);
  for (const { name, node: at, text } of pairsOf(node)) readVariable(name, text, at, scope);
}

function readVariable(name: string, text: string | undefined, node: ScalarNode, scope: Scope): undefined {
  const to = target(scope, `environment.${name}`);
  const { ledger, draft } = scope;
  if (!validName.test(name)) {
    delete draft.environment[name];
    return ledger.lost(node, `'${name}' is no name of a variable`, 'use letters, digits and underscores');
  }
  if (text === undefined) return passThrough(name, node, scope);
  const valueSource =
    node.source.includes('=') && node.text !== text ? node.source.slice(node.source.indexOf('=') + 1) : node.source;
  const variable = onlyVariableIn(valueSource);
  const required = node.variables.some((used) => used.required && !used.filled);
  if (variable !== undefined && (required || isSecretName(variable) || isSecretName(name))) {
    const put = putSecret(name, scope.secrets.variable(variable), scope);
    return ledger.taken(node, target(scope, `environment.${put}`));
  }
  const given = node.variables.some((used) => used.given && isSecretName(used.name));
  if (given || isSecretValue(name, text)) return literalSecret(name, text, node, scope);
  draft.environment[name] = text;
  const missing = unfilled(node);
  if (missing.length > 0)
    return ledger.lost(
      node,
      `${missing.join(', ')} has no value here, so Compose would put nothing in its place`,
      'write the value into autogit.yaml, or into .env beside the Compose file and import again',
    );
  if (node.variables.length > 0) return ledger.changed(node, 'the variables in it are filled in', { to });
  ledger.taken(node, to);
}

function literalSecret(name: string, text: string, node: ScalarNode, scope: Scope): undefined {
  const secret = scope.secrets.literal(secretName(name, scope), text, node.place);
  const variable = putSecret(name, secret, scope);
  scope.ledger.changed(node, `its value is a secret and was not copied: it is \`secrets.${secret}\` now`, {
    to: target(scope, `environment.${variable}`),
  });
}

/** `web` and `WEB_TOKEN` make `web-token`, and not `web-web-token`. */
function secretName(variable: string, { name }: Scope): string {
  const plain = variable.toLowerCase().replaceAll('_', '-');
  return plain.startsWith(`${name}-`) ? plain : `${name}-${plain}`;
}

/** A variable with a secret: by a file where the image reads one, because `docker inspect` shows variables. Gives its name. */
function putSecret(name: string, secret: string, { draft }: Scope): string {
  const variable = fileVariable(draft.image, name) ?? name;
  delete draft.environment[name];
  draft.environment[variable] = { secret };
  return variable;
}

/** A name without a value: it comes from the shell in which Compose runs. */
function passThrough(name: string, node: ScalarNode, scope: Scope): undefined {
  const given = Object.hasOwn(scope.input.variables, name) ? scope.input.variables[name] : undefined;
  const to = target(scope, `environment.${name}`);
  if (isSecretName(name)) {
    putSecret(name, scope.secrets.variable(name), scope);
    return scope.ledger.taken(node, to);
  }
  if (given !== undefined && !isSecretValue(name, given)) {
    scope.draft.environment[name] = given;
    return scope.ledger.changed(node, 'its value is taken from .env', { to });
  }
  if (given !== undefined) return literalSecret(name, given, node, scope);
  delete scope.draft.environment[name];
  scope.ledger.lost(
    node,
    `${name} comes from the shell in which Compose runs, and has no value here`,
    'write the value into autogit.yaml, or into .env beside the Compose file and import again',
  );
}

/** `env_file`: its lines become variables; `environment` is read after it and wins. */
export function readEnvFiles(node: ComposeNode, scope: Scope): undefined {
  const { input, ledger } = scope;
  for (const item of oneOrMany(node)) {
    const path = textIn(item) ?? textAt(item, 'path');
    if (path === undefined) continue;
    const found = input.look(absolutePath(path, input.folder, input.home));
    if (found.kind !== 'text') {
      const optional = textIn(member(item, 'required')) === 'false';
      if (optional) ledger.taken(item);
      else ledger.lost(item, `the file ${path} cannot be read here`, 'put it in its place and import again');
      continue;
    }
    const names = readEnvFile(found.text).map(([name, value]) => fromFile(name, value, item, scope));
    ledger.changed(item, `its ${names.length} variables stand in autogit.yaml now, secrets as references`, {
      to: target(scope, 'environment'),
    });
  }
}

function fromFile(name: string, value: string, item: ComposeNode, scope: Scope): undefined {
  if (!validName.test(name))
    return scope.ledger.lost(item, `'${name}' in it is no name of a variable`, 'use letters, digits and underscores');
  if (!isSecretValue(name, value)) scope.draft.environment[name] = value;
  else putSecret(name, scope.secrets.literal(secretName(name, scope), value, item.place), scope);
}

import type { ComposeProject, ComposeService, ComposeValue } from '../model/compose-project.ts';
import { recordOf } from '../model/record.ts';
import { type YamlValue, yamlText } from '../model/yaml-text.ts';
import { schemaMisfit } from './check-schema.ts';

type Written = Pick<ComposeProject, 'model' | 'origins' | 'notes'>;

/**
 * The Compose file of a model, as the schema of the specification describes it. `$` becomes `$$` in every value, because
 * Compose expands variables in all of them but not in keys; the only single `$` is the reference to a secret that the
 * file accepted in an environment. Each service says where it comes from, and what Compose has no key for, in extension
 * fields, which are no part of its container: a label would be, and a service that moves in the file would be replaced.
 */
export function composeFile({ model, origins, notes }: Written): YamlValue {
  const services = Object.entries(model.services).map(([key, service]) => {
    const { ports, gpu } = notes?.services[key] ?? {};
    const extensions = {
      ...(gpu === undefined ? {} : { 'x-autogit-gpu': gpu }),
      ...(ports === undefined ? {} : { 'x-autogit-ports': ports }),
      'x-autogit-source': escaped(`autogit.yaml#${origins[key] ?? ''}`),
    };
    return [key, { ...(serviceText(service) as object), ...extensions }] as const;
  });
  const { services: _, ...rest } = model;
  const parts = Object.entries(escaped({ ...rest, 'x-autogit-gpus': notes?.gpus ?? {} }) as Members).filter(
    ([, part]) => Object.keys(part as object).length > 0,
  );
  return recordOf([...parts, ['services', recordOf(services)]]) as YamlValue;
}

/**
 * The text of `compose.yaml` of a project.
 *
 * @throws Error when the file does not fit the schema of the Compose specification: a bug.
 */
export function composeText(project: Written): string {
  const file = composeFile(project);
  const wrong = schemaMisfit(file);
  if (wrong !== undefined) throw new Error(`the rendered Compose file does not fit its schema: ${wrong}`);
  return yamlText(file, {
    comment: 'Rendered by AutoGit from autogit.yaml. Change that file and compile again; edits here are refused.',
    first: ['name', 'services'],
  });
}

function serviceText({ environment, networks, ...rest }: ComposeService): YamlValue {
  const joined = Object.entries(networks).map(([key, { aliases }]) => [key, aliases.length === 0 ? {} : { aliases }]);
  const onNetworks = joined.length === 0 ? {} : { networks: Object.fromEntries(joined) };
  const text = escaped({ ...rest, ...onNetworks }) as Record<string, YamlValue>;
  return environment === undefined ? text : { ...text, environment: environmentText(environment) };
}

/** The value itself when there is nothing to double in it. */
function escaped(value: unknown): YamlValue {
  if (typeof value === 'string') return value.includes('$') ? value.replaceAll('$', '$$$$') : value;
  if (typeof value !== 'object' || value === null) return value as YamlValue;
  return (Array.isArray(value) ? escapedItems(value) : escapedMembers(value as Members)) as YamlValue;
}

type Members = Readonly<Record<string, YamlValue>>;

function escapedItems(list: readonly YamlValue[]): readonly YamlValue[] {
  let changed: YamlValue[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const item = list[index] as YamlValue;
    const text = escaped(item);
    if (text === item) continue;
    changed ??= [...list];
    changed[index] = text;
  }
  return changed ?? list;
}

function escapedMembers(map: Members): Members {
  let changed: Record<string, YamlValue> | undefined;
  for (const key in map) {
    const member = map[key] as YamlValue;
    const text = escaped(member);
    if (text === member) continue;
    changed ??= { ...map };
    changed[key] = text;
  }
  return changed ?? map;
}

/** A secret becomes `${AUTOGIT_SECRET_<ID>:?…}`: Compose stops with that message when it is not set. */
function environmentText(environment: Readonly<Record<string, ComposeValue>>): Record<string, YamlValue> {
  const entries = Object.entries(environment).map(([name, value]) => {
    if (typeof value === 'string') return [name, escaped(value)] as const;
    return [name, `\${${secretVariable(value.secret)}:?secret ${value.secret} is not set}`] as const;
  });
  return Object.fromEntries(entries);
}

/** Name of the environment variable that hands a secret to `docker compose`: `AUTOGIT_SECRET_WIKI_DB`. */
export function secretVariable(secret: string): string {
  return `AUTOGIT_SECRET_${secret.toUpperCase().replaceAll('-', '_')}`;
}

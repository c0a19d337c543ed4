import type { ComposeModel, ComposeProject, ComposeService, ComposeValue } from '../model/compose-project.ts';
import type { Platform } from '../model/platform.ts';
import type { Manifest, Rendered, Target } from '../model/target.ts';
import { type YamlValue, yamlText } from '../model/yaml-text.ts';
import { checkSchema } from './check-schema.ts';
import { findingsOf } from './findings.ts';
import { projectOf } from './project.ts';

/** Renders one Compose project for each Docker host: `compose/<host>/compose.yaml` and its config files. */
export const target: Target = {
  name: 'compose',
  render: async (platform) => renderCompose(platform),
};

function renderCompose(platform: Platform): Rendered {
  const projects = platform.hosts.flatMap((host) => projectOf(platform, host) ?? []);
  return {
    manifests: projects.flatMap((project) => [composeManifest(project), ...configManifests(platform, project)]),
    findings: findingsOf(platform),
    projects,
  };
}

function composeManifest(project: ComposeProject): Manifest {
  const path = `${project.folder}/compose.yaml`;
  return { id: path, kind: 'compose', path, text: composeText(project.model), origin: '' };
}

function configManifests(platform: Platform, project: ComposeProject): readonly Manifest[] {
  const origins = new Map(
    platform.configs.map(({ workload, file, origin }) => [`./configs/${workload}/${file}`, origin]),
  );
  return Object.entries(project.files).map(([file, text]) => {
    const path = `${project.folder}/${file.slice('./'.length)}`;
    return { id: path, kind: 'config', path, text, origin: origins.get(file) ?? '' };
  });
}

/**
 * The Compose file of a model. `$` becomes `$$` in every value, because Compose expands variables in all of them but
 * not in keys; the only single `$` is the reference to a secret that the file accepted in an environment.
 *
 * @throws Error when the file does not fit the schema of the Compose specification: a bug.
 */
export function composeText(model: ComposeModel): string {
  const services = Object.entries(model.services).map(([key, service]) => [key, serviceText(service)] as const);
  const { services: _, ...rest } = model;
  const parts = Object.entries(escaped(rest) as Record<string, YamlValue>).filter(
    ([, part]) => Object.keys(part as object).length > 0,
  );
  const file = Object.fromEntries([...parts, ['services', Object.fromEntries(services)]]) as YamlValue;
  checkSchema(file);
  return yamlText(file, {
    comment: 'Rendered by AutoGit from autogit.yaml. Change that file and compile again; edits here are refused.',
    first: ['name', 'services'],
  });
}

function serviceText({ environment, networks, ...rest }: ComposeService): YamlValue {
  const joined = Object.entries(networks).map(([key, { aliases }]) => [key, aliases.length === 0 ? {} : { aliases }]);
  const text = escaped({ ...rest, networks: Object.fromEntries(joined) }) as Record<string, YamlValue>;
  return environment === undefined ? text : { ...text, environment: environmentText(environment) };
}

function escaped(value: unknown): YamlValue {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value as YamlValue;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escaped(member)]));
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

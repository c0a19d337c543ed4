import { projectFaults as composeFaults } from '../../compiler/compose/project-faults.ts';
import type { ComposeProject, ComposeService } from '../../compiler/model/compose-project.ts';
import type { Platform } from '../../compiler/model/platform.ts';

/**
 * What is wrong with a rendered project although every checker of Compose files accepts it: one line for each mistake,
 * none for a sound project. What the compiler finds in patched projects, and what a patch is refused for before.
 */
export function projectFaults(project: ComposeProject, platform: Platform): readonly string[] {
  const services = Object.entries(project.model.services);
  return [
    ...composeFaults(project.model, platform.links).map(({ object, path, wrong }) => `${object}${path}: ${wrong}`),
    ...services.flatMap(([key, service]) => [...danglingNames(key, service, project), ...badText(key, service)]),
    ...unusedFiles(project),
  ];
}

/** Everything that a service names is in the project, and every file that the project names is rendered beside it. */
function danglingNames(key: string, service: ComposeService, { model, files }: ComposeProject): readonly string[] {
  const { volumes = [], configs = [], secrets = [], networks } = service;
  const missing = (kind: 'volumes' | 'configs' | 'secrets' | 'networks', names: readonly string[]) =>
    names.filter((name) => !Object.hasOwn(model[kind], name)).map((name) => `${key}: no ${kind} ${name}`);
  return [
    ...missing(
      'volumes',
      volumes.flatMap(({ type, source }) => (type === 'volume' ? [source] : [])),
    ),
    ...missing(
      'configs',
      configs.map(({ source }) => source),
    ),
    ...missing(
      'secrets',
      secrets.map(({ source }) => source),
    ),
    ...missing('networks', Object.keys(networks)),
    ...configs
      .filter(({ source }) => files[model.configs[source]?.file ?? ''] === undefined)
      .map(({ source }) => `${key}: config ${source} has no content`),
    ...secrets
      .filter(({ source }) => model.secrets[source]?.file !== `./secrets/${source}`)
      .map(({ source }) => `${key}: secret ${source} has no place`),
  ];
}

const imageName =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
const size = (text: string) => Number.parseInt(text, 10);

function badText(key: string, service: ComposeService): readonly string[] {
  const { limits, reservations, ...others } = service.deploy.resources;
  return [
    ...(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(key) ? [] : [`${key}: no name of a service`]),
    ...(imageName.test(service.image) ? [] : [`${key}: image ${service.image}`]),
    ...(service.volumes ?? []).flatMap(({ type, source }) =>
      type === 'volume'
        ? /^[a-zA-Z0-9][\w.-]+$/.test(source)
          ? []
          : [`${key}: volume '${source}'`]
        : bindFaults(key, source),
    ),
    ...(Object.keys(reservations ?? {}).every((name) => name === 'devices') ? [] : [`${key}: a reservation`]),
    ...(Object.keys(others).length === 0 ? [] : [`${key}: resources`]),
    ...(Number(limits.cpus) > 0 && size(limits.memory) > 0 ? [] : [`${key}: limits`]),
    ...Object.keys(service.labels).flatMap((label) =>
      label.startsWith('com.docker.') ? [`${key}: label ${label}`] : [],
    ),
  ];
}

function bindFaults(key: string, source: string): readonly string[] {
  return source.startsWith('/') ? [] : [`${key}: folder ${source}`];
}

function unusedFiles({ model, files }: ComposeProject): readonly string[] {
  const named = Object.values(model.configs).map(({ file }) => file);
  return Object.keys(files)
    .filter((file) => !named.includes(file))
    .map((file) => `${file} is not used`);
}

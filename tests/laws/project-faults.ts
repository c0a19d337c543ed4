import type { ComposeProject, ComposeService } from '../../compiler/model/compose-project.ts';
import type { Platform } from '../../compiler/model/platform.ts';

/**
 * What is wrong with a rendered project although every checker of Compose files accepts it: one line for each mistake,
 * none for a sound project.
 */
export function projectFaults(project: ComposeProject, platform: Platform): readonly string[] {
  const services = Object.entries(project.model.services);
  return [
    ...portsTwice(services),
    ...services.flatMap(([key, service]) => [
      ...mountsTwice(key, service),
      ...danglingNames(key, service, project),
      ...badText(key, service),
      ...hopelessWaits(key, service, project, platform),
      ...ownNetwork(key, service),
    ]),
    ...namesTwice(services, project),
    ...unused(project),
  ];
}

type Entry = readonly [string, ComposeService];

function twice(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}

function portsTwice(services: readonly Entry[]): readonly string[] {
  const all = services.flatMap(([, { ports = [] }]) =>
    ports.map(({ published, protocol, host_ip: address = '' }) => ({ port: `${published}/${protocol}`, address })),
  );
  return all.flatMap((one, index) =>
    all.slice(0, index).some((other) => other.port === one.port && clash(other.address, one.address))
      ? [`port ${one.port} twice`]
      : [],
  );
}

function clash(a: string, b: string): boolean {
  const anywhere = ['', '0.0.0.0', '::'];
  return a === b || anywhere.includes(a) || anywhere.includes(b);
}

function mountsTwice(key: string, { volumes = [], tmpfs = [], configs = [], secrets = [] }: ComposeService) {
  const targets = [
    ...[...volumes, ...configs, ...secrets].map(({ target }) => target),
    ...tmpfs.map((entry) => entry.split(':')[0] ?? ''),
  ];
  return twice(targets).map((path) => `${key}: two mounts at ${path}`);
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
    ...Object.keys(service.environment ?? {}).flatMap((name) =>
      /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) ? [] : [`${key}: variable '${name}'`],
    ),
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
    ...Object.entries(service.ulimits ?? {}).flatMap(([name, { soft, hard }]) =>
      hard !== -1 && (soft === -1 || soft > hard) ? [`${key}: ulimit ${name}`] : [],
    ),
    ...Object.keys(service.labels).flatMap((label) =>
      label.startsWith('com.docker.') ? [`${key}: label ${label}`] : [],
    ),
  ];
}

function bindFaults(key: string, source: string): readonly string[] {
  return source.startsWith('/') ? [] : [`${key}: folder ${source}`];
}

/** Who waits can be served: the other one is there, can get into that state, and can be reached when it has a port. */
function hopelessWaits(
  key: string,
  service: ComposeService,
  { model }: ComposeProject,
  { links }: Platform,
): readonly string[] {
  return Object.entries(service.depends_on ?? {}).flatMap(([other, { condition }]) => {
    const needed = model.services[other];
    if (needed === undefined) return [`${key}: waits for ${other}, which is not there`];
    const isLinked = links.some(({ from, to }) => from === key && to === other);
    const isReached = Object.keys(service.networks).some((network) => Object.hasOwn(needed.networks, network));
    return [
      ...(condition === 'service_healthy' && needed.healthcheck === undefined
        ? [`${key}: ${other} has no health`]
        : []),
      ...(condition === 'service_completed_successfully' && needed.restart === 'unless-stopped'
        ? [`${key}: ${other} never ends`]
        : []),
      ...(needed.profiles !== undefined ? [`${key}: ${other} is in a profile`] : []),
      ...(isLinked && !isReached ? [`${key}: no network to ${other}`] : []),
    ];
  });
}

function ownNetwork(key: string, service: ComposeService): readonly string[] {
  const joined = Object.keys(service.networks).length;
  if (service.network_mode === undefined) return joined > 0 ? [] : [`${key}: on no network`];
  const settings = Object.keys(service.sysctls ?? {}).filter((name) => name.startsWith('net.'));
  return joined > 0 || service.ports !== undefined || settings.length > 0 ? [`${key}: has settings of a network`] : [];
}

/** On one network every name leads to one service, and none hides behind a line of a hosts file. */
function namesTwice(services: readonly Entry[], { model }: ComposeProject): readonly string[] {
  return Object.keys(model.networks).flatMap((network) => {
    const here = services.filter(([, { networks }]) => Object.hasOwn(networks, network));
    const names = here.flatMap(([key, { networks }]) => [...new Set([key, ...(networks[network]?.aliases ?? [])])]);
    return [
      ...twice(names).map((name) => `${network}: two answer to ${name}`),
      ...here.flatMap(([key, { extra_hosts: fixed = {} }]) => {
        const others = here.filter(([other]) => other !== key);
        const reached = others.flatMap(([other, { networks }]) => {
          const aliases = networks[network]?.aliases ?? [];
          return aliases.length === 0 ? [] : [other, ...aliases];
        });
        return Object.keys(fixed)
          .filter((name) => reached.includes(name))
          .map((name) => `${key}: ${name} is hidden`);
      }),
    ];
  });
}

function unused({ model, files }: ComposeProject): readonly string[] {
  const services = Object.values(model.services);
  const used = {
    volumes: services.flatMap(({ volumes = [] }) => volumes.map(({ source }) => source)),
    configs: services.flatMap(({ configs = [] }) => configs.map(({ source }) => source)),
    secrets: services.flatMap(({ secrets = [] }) => secrets.map(({ source }) => source)),
    networks: services.flatMap(({ networks }) => Object.keys(networks)),
  };
  const left = (['volumes', 'configs', 'secrets', 'networks'] as const).flatMap((kind) =>
    Object.keys(model[kind])
      .filter((name) => !used[kind].includes(name))
      .map((name) => `${kind} ${name} is not used`),
  );
  const named = Object.values(model.configs).map(({ file }) => file);
  return [
    ...left,
    ...Object.keys(files)
      .filter((file) => !named.includes(file))
      .map((file) => `${file} is not used`),
  ];
}

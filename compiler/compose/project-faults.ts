import type { ComposeModel, ComposeService } from '../model/compose-project.ts';
import { type Fault, repeated } from '../model/patch-fault.ts';
import type { Link } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { nameFaults } from './name-faults.ts';
import { waitFaults } from './wait-faults.ts';

/** Services and networks of a project. */
export interface Part {
  /** Looked at as such. */
  readonly services: readonly string[];
  /** Looked at for what they wait for and reach. */
  readonly waiting: readonly string[];
  readonly networks: readonly string[];
}

type Links = readonly Pick<Link, 'from' | 'to'>[];

/** What is wrong with a project although every checker of Compose files accepts it; none for a sound one. */
export function projectFaults(
  model: ComposeModel,
  links: Links,
  part: Part = {
    services: Object.keys(model.services),
    waiting: Object.keys(model.services),
    networks: Object.keys(model.networks),
  },
): readonly Fault[] {
  return [
    ...part.services.flatMap((key) => serviceFaults(model, key)),
    ...part.waiting.flatMap((key) => waitFaults(model, links, key)),
    ...part.networks.flatMap((network) => nameFaults(model, network)),
    ...unused(model),
  ];
}

/** What a change of one service can make wrong: the service, those that wait for it or reach it, and its networks. */
export function partAround(models: readonly ComposeModel[], links: Links, key: string): Part {
  const networks = models.flatMap(({ services }) => Object.keys(services[key]?.networks ?? {}));
  const depending = models.flatMap(({ services }) =>
    Object.entries(services).flatMap(([other, { depends_on: needs = {} }]) =>
      Object.hasOwn(needs, key) ? [other] : [],
    ),
  );
  const reaching = links.flatMap(({ from, to }) => (to === key ? [from] : []));
  return {
    services: [key],
    waiting: [...new Set([key, ...depending, ...reaching])],
    networks: [...new Set(networks)],
  };
}

export function titleOf(key: string): Fault['object'] {
  return `service '${key}'`;
}

function serviceFaults(model: ComposeModel, key: string): readonly Fault[] {
  const service = model.services[key];
  if (service === undefined) return [];
  const places = [
    ...portFaults(model, key, service),
    ...mountFaults(service),
    ...textFaults(service),
    ...networkFaults(model, service),
  ];
  return places.map((place) => ({ object: titleOf(key), ...place }));
}

type Place = Omit<Fault, 'object'>;
type Port = NonNullable<ComposeService['ports']>[number];

function portFaults({ services }: ComposeModel, key: string, { ports = [] }: ComposeService): readonly Place[] {
  if (ports.length === 0) return [];
  const others = Object.entries(services).filter(([other]) => other !== key);
  return ports.flatMap((port, at) => {
    const who =
      ports.slice(0, at).some((other) => clash(port, other)) === true
        ? 'itself'
        : others.find(([, service]) => service.ports?.some((other) => clash(port, other)))?.[0];
    if (who === undefined) return [];
    return [
      {
        path: pointerTo('/ports', at, 'published'),
        wrong: `port ${port.published}/${port.protocol} of the host is taken by ${who === 'itself' ? who : `service '${who}'`}`,
        hint: 'publish another port of the host, or give each an address of its own',
      },
    ];
  });
}

const anywhere: readonly string[] = ['', '0.0.0.0', '::'];

function clash({ published, protocol, host_ip: a = '' }: Port, other: Port): boolean {
  const { host_ip: b = '' } = other;
  const isOne = published === other.published && protocol === other.protocol;
  return isOne && (a === b || anywhere.includes(a) || anywhere.includes(b));
}

function mountFaults({ volumes = [], configs = [], secrets = [], tmpfs = [] }: ComposeService): readonly Place[] {
  const mounts = [
    ...Object.entries({ volumes, configs, secrets }).flatMap(([list, each]) =>
      each.map(({ target }, at) => ({ target, path: pointerTo('', list, at, 'target') })),
    ),
    ...tmpfs.map((entry, at) => ({ target: entry.split(':')[0] ?? '', path: pointerTo('/tmpfs', at) })),
  ];
  return repeated(mounts.map(({ target }) => target)).map(({ text, at }) => ({
    path: mounts[at]?.path ?? '',
    wrong: `two things are mounted at ${text}`,
    hint: 'mount one of them elsewhere',
  }));
}

function textFaults({ environment = {}, ulimits = {} }: ComposeService): readonly Place[] {
  return [
    ...Object.keys(environment).flatMap((name) =>
      /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)
        ? []
        : [
            {
              path: pointerTo('/environment', name),
              wrong: `'${name}' is no name of a variable`,
              hint: 'write letters, digits and `_`',
            },
          ],
    ),
    ...Object.entries(ulimits).flatMap(([name, { soft, hard }]) =>
      hard === -1 || (soft !== -1 && soft <= hard)
        ? []
        : [
            {
              path: pointerTo('/ulimits', name),
              wrong: 'the soft limit is above the hard one',
              hint: 'write a soft limit of at most the hard one',
            },
          ],
    ),
  ];
}

/** A service has networks of its own, one of them open when it publishes a port, or uses the one of the host. */
function networkFaults({ networks }: ComposeModel, service: ComposeService): readonly Place[] {
  const joined = Object.keys(service.networks).length;
  if (service.network_mode === undefined) {
    const isInside = Object.keys(service.networks).every((network) => networks[network]?.internal === true);
    if (joined > 0 && isInside && service.ports !== undefined && service.ports.length > 0) {
      const hint = '`publish:` of the port in the file gives the service a network for it';
      return [{ path: '/ports', wrong: 'no port is published from networks that are all internal', hint }];
    }
    if (joined > 0) return [];
    return [{ path: '/networks', wrong: 'it is on no network', hint: 'leave it on one of those that are rendered' }];
  }
  const settings = Object.keys(service.sysctls ?? {}).filter((name) => name.startsWith('net.'));
  const own = joined > 0 ? '/networks' : service.ports === undefined ? '/sysctls' : '/ports';
  if (own === '/sysctls' && settings.length === 0) return [];
  return [
    {
      path: own,
      wrong: 'it uses the network of the host',
      hint: 'do without it, or without `hostNetwork` in the file',
    },
  ];
}

/** Volumes, configs, secrets and networks that nothing uses. */
function unused(model: ComposeModel): readonly Fault[] {
  const services = Object.values(model.services);
  const used = {
    volume: services.flatMap(({ volumes = [] }) => volumes.map(({ source }) => source)),
    config: services.flatMap(({ configs = [] }) => configs.map(({ source }) => source)),
    secret: services.flatMap(({ secrets = [] }) => secrets.map(({ source }) => source)),
    network: services.flatMap(({ networks }) => Object.keys(networks)),
  };
  return (['volume', 'config', 'secret', 'network'] as const).flatMap((kind) => {
    const names = new Set(used[kind]);
    return Object.keys(model[`${kind}s`]).flatMap((name) =>
      names.has(name)
        ? []
        : [
            {
              object: `${kind} '${name}'`,
              path: '',
              wrong: 'no service uses it',
              hint: 'leave it where it is used, or take it out of the file',
            },
          ],
    );
  });
}

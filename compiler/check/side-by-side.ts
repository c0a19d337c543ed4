import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';

/** One of the platforms that a file stands for; without an environment it is the file as it stands. */
export interface Variant {
  readonly environment: string | undefined;
  readonly platform: Platform;
}

/** What two platforms of one file would take from each other if both run: names of objects, or ports. */
export function sideBySide(variants: readonly Variant[]): readonly Finding[] {
  return variants.flatMap((one, index) =>
    one.environment === undefined
      ? []
      : variants
          .slice(0, index)
          .flatMap((other) => between(one, other))
          .slice(0, 1),
  );
}

function between(one: Variant, other: Variant): readonly Finding[] {
  const { environment = '' } = one;
  const where = shared(one.platform, other.platform);
  if (where.length === 0) return [];
  const both = `environment '${environment}' and ${other.environment === undefined ? 'the file as it stands' : `environment '${other.environment}'`}`;
  const finding = {
    code: 'AG471',
    severity: 'warning',
    pointer: pointerTo('/environments', environment),
    at: 'key',
  } as const;
  const elsewhere = `where the two never run at once or on one machine, accept AG471 with that reason`;
  if (one.platform.name === other.platform.name) {
    return [
      {
        ...finding,
        message: `${both} are both called '${one.platform.name}' and run on ${where[0]?.name}: containers and volumes of both would have the same names`,
        hint: `give it a name of its own, \`${environment}: { name: ${environment}, … }\`, or other \`hosts\`; ${elsewhere}`,
      },
    ];
  }
  const ports = where.flatMap(({ url, name }) =>
    publishedBy(one.platform, url).flatMap((port) =>
      publishedBy(other.platform, url).some((taken) => isSamePort(port, taken)) ? [{ ...port, name }] : [],
    ),
  );
  const [first] = ports;
  if (first === undefined) return [];
  const numbers = [...new Set(ports.map(({ port }) => port))].join(' and ');
  return [
    {
      ...finding,
      message: `${both} both publish port ${numbers} of ${first.name}, and only one of them can have it`,
      hint: `give one of them other \`hosts\`, or other ports (\`ingress: { use: traefik, http: 8080, https: 8443 }\`); ${elsewhere}`,
    },
  ];
}

interface Engine {
  readonly url: string;
  /** For a sentence. */
  readonly name: string;
}

/** Where parts of both run. */
function shared(one: Platform, other: Platform): readonly Engine[] {
  if (one.target !== other.target) return [];
  if (one.target === 'kubernetes') {
    const [a, b] = [one.cluster, other.cluster];
    const isOne = a.context === b.context && a.namespace === b.namespace;
    return isOne ? [{ url: '', name: `namespace '${a.namespace}'` }] : [];
  }
  const taken = new Set(engines(other).map(({ url }) => url));
  return engines(one).filter(({ url }) => taken.has(url));
}

function engines({ hosts, workloads }: Platform): readonly Engine[] {
  return hosts.flatMap(({ id, engine }) =>
    engine.kind === 'docker' && workloads.some(({ host }) => host === id)
      ? [{ url: engine.url, name: `the engine ${engine.url}` }]
      : [],
  );
}

interface Published {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string | undefined;
}

function publishedBy({ target, hosts, workloads }: Platform, url: string): readonly Published[] {
  if (target === 'kubernetes') return [];
  const here = hosts.flatMap(({ id, engine }) => (engine.kind === 'docker' && engine.url === url ? [id] : []));
  return workloads
    .filter(({ host }) => here.includes(host))
    .flatMap(({ ports }) =>
      ports.flatMap(({ publish, protocol }) =>
        publish === undefined ? [] : [{ port: publish.port, protocol, address: publish.address }],
      ),
    );
}

/** Without an address it is every address of the host. */
function isSamePort(a: Published, b: Published): boolean {
  const isSameAddress = a.address === undefined || b.address === undefined || a.address === b.address;
  return a.port === b.port && a.protocol === b.protocol && isSameAddress;
}

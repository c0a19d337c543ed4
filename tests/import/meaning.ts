import { parse } from 'yaml';
import type { Found } from '../../compiler/import-platform.ts';

/** What a Compose file makes run, without the ways in which it can be written. */
export interface Meaning {
  readonly [service: string]: Readonly<Record<string, unknown>>;
}

type Plain = Readonly<Record<string, unknown>>;

const map = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * Reads a Compose file by the specification and nothing of AutoGit. `variables` fill in; a secret variable of a rendered
 * file is shown as `<secret>`. `look` reads files that are mounted.
 */
export function meaningOf(text: string, look: (path: string) => Found, project = 'app'): Meaning {
  const plain = map(parse(filledIn(text), { merge: true, version: '1.2', maxAliasCount: 1000 }));
  const services = map(plain.services ?? plain);
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, serviceMeaning(map(service), plain, look, project)]),
  );
}

/** `$$` is a dollar; a variable that has to be there is a secret here, any other one its default or nothing. */
function filledIn(text: string): string {
  return text
    .replace(/\$\$/g, '\u{e000}')
    .replace(/\$\{\w+:\?[^}]*\}/g, '<secret>')
    .replace(/\$\{\w+(?::?-([^}]*))?\}|\$\w+/g, (_, ifAbsent?: string) => ifAbsent ?? '')
    .replace(/\u{e000}/gu, '$');
}

function serviceMeaning(service: Plain, file: Plain, look: (path: string) => Found, project: string): Plain {
  const limits = map(map(map(service.deploy).resources).limits);
  return withoutNothing({
    image: service.image,
    command: words(service.command),
    entrypoint: words(service.entrypoint),
    workingDirectory: service.working_dir,
    environment: sorted({ ...fileVariables(service, look), ...pairs(service.environment) }),
    ports: list(service.ports).flatMap(portMeaning).sort(),
    mounts: mounts(service, file, look, project),
    health: healthMeaning(map(service.healthcheck)),
    user: service.user === undefined ? undefined : String(service.user),
    readOnly: service.read_only === true ? true : undefined,
    cpus: number(limits.cpus ?? service.cpus),
    memory: bytes(limits.memory ?? service.mem_limit),
    stop: [service.stop_signal ?? '', ms(String(service.stop_grace_period ?? '10s'))],
    network: service.network_mode,
    needs: needs(service),
    restart: restart(service),
    sysctls: pairs(service.sysctls),
    ulimits: ulimits(map(service.ulimits)),
    shm: shm(service),
    capabilities: capabilities(service),
    gpus: gpus(service),
    extraHosts: extraHosts(service.extra_hosts),
    devices: list(service.devices),
  });
}

/** Lines of `env_file`, which `environment` wins over. */
function fileVariables(service: Plain, look: (path: string) => Found): Plain {
  const files = [service.env_file ?? []].flat().map((item) => String(map(item).path ?? item));
  return Object.assign(
    {},
    ...files.map((path) => {
      const found = look(path);
      return found.kind === 'text' ? pairs(found.text.split('\n').filter((line) => /^\w+=/.test(line))) : {};
    }),
  );
}

function needs({ depends_on }: Plain): Plain {
  if (Array.isArray(depends_on)) return sorted(Object.fromEntries(depends_on.map((name) => [name, 'service_started'])));
  return sorted(
    Object.fromEntries(
      Object.entries(map(depends_on)).map(([name, need]) => [name, map(need).condition ?? 'service_started']),
    ),
  );
}

/** `always` differs from `unless-stopped` only for who stops a container by hand. */
function restart({ restart: own, deploy }: Plain): unknown {
  const { condition, max_attempts: tries } = map(map(deploy).restart_policy);
  if (own !== undefined) return own;
  if (condition === 'on-failure') return tries === undefined ? condition : `${condition}:${tries}`;
  return condition === 'none' ? 'no' : condition === 'any' ? 'always' : undefined;
}

function ulimits(limits: Plain): Plain {
  return sorted(
    Object.fromEntries(
      Object.entries(limits).map(([name, limit]) => {
        const { soft, hard } = typeof limit === 'number' ? { soft: limit, hard: limit } : map(limit);
        return [name, `${soft} ${hard}`];
      }),
    ),
  );
}

function shm({ shm_size: size, tmpfs }: Plain): number | undefined {
  const mounted = [tmpfs ?? []].flat().find((each) => String(each).startsWith('/dev/shm:'));
  return bytes(size ?? /size=(\w+)/.exec(String(mounted ?? ''))?.[1]);
}

/** What Docker gives, without the six that `import` leaves out and tells of in its notes. */
const given = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID', 'SYS_CHROOT'];

/** Capabilities of the first process: a user who is not root has those that were added, and none by itself. */
function capabilities({ cap_add: added, cap_drop: dropped, user }: Plain): readonly string[] {
  const names = (value: unknown) => list(value).map((name) => String(name).replace(/^CAP_/, ''));
  const root = user === undefined || /^(?:0|root)(?::|$)/.test(String(user));
  const start = root && !names(dropped).includes('ALL') ? given.filter((name) => !names(dropped).includes(name)) : [];
  return [...new Set([...start, ...names(added)])].sort();
}

/** Vendor and number of the GPUs that a container gets. */
function gpus({ deploy, gpus: short }: Plain): readonly string[] {
  const asked = [...list(map(map(map(deploy).resources).reservations).devices), ...[short ?? []].flat()];
  return asked.map((each) => {
    const { driver, count, device_ids: ids } = map(each);
    return `${driver ?? 'nvidia'} ${count ?? (list(ids).length > 0 ? list(ids).length : 'all')}`;
  });
}

function extraHosts(value: unknown): Plain {
  if (!Array.isArray(value)) return sorted(map(value));
  return sorted(
    Object.fromEntries(value.map((line) => /^([^:=]+)[:=](.*)$/.exec(String(line))?.slice(1) ?? [line, ''])),
  );
}

function withoutNothing(value: Plain): Plain {
  const isNothing = (each: unknown) =>
    each === undefined ||
    (Array.isArray(each) && each.length === 0) ||
    (typeof each === 'object' && each !== null && Object.keys(each).length === 0);
  return Object.fromEntries(Object.entries(value).filter(([, each]) => !isNothing(each)));
}

/** A line is split at blanks outside of quotes. */
function words(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(String);
  const found = String(value).match(/(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return found.map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ''),
  );
}

function sorted(value: Plain): Plain {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pairs(value: unknown): Plain {
  if (!Array.isArray(value))
    return Object.fromEntries(
      Object.entries(map(value)).map(([key, each]) => [key, each === null ? '' : String(each)]),
    );
  return Object.fromEntries(
    value.map((item) => {
      const at = String(item).indexOf('=');
      return at < 0 ? [String(item), ''] : [String(item).slice(0, at), String(item).slice(at + 1)];
    }),
  );
}

/** `address:host->container/protocol`, published ports only. */
function portMeaning(port: unknown): readonly string[] {
  if (typeof port === 'object') {
    const { target, published, host_ip, protocol } = map(port);
    return published === undefined ? [] : [`${host_ip ?? ''}:${published}->${target}/${protocol ?? 'tcp'}`];
  }
  const [plain = '', protocol = 'tcp'] = String(port).split('/');
  const parts = plain.split(':');
  const range = (text = '') => {
    const [from, to = from] = text.split('-').map(Number);
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index);
  };
  if (parts.length === 1) return [];
  const host = range(parts.at(-2));
  return range(parts.at(-1)).map(
    (each, index) => `${parts.slice(0, -2).join(':')}:${host[index]}->${each}/${protocol}`,
  );
}

function mounts(service: Plain, file: Plain, look: (path: string) => Found, project: string): readonly string[] {
  const volumes = list(service.volumes).map((volume) => volumeMeaning(volume, map(file.volumes), project));
  const tmpfs = [service.tmpfs ?? []].flat().map((each) => `memory ${String(each).split(':')[0]}`);
  const configs = list(service.configs).map((config) => {
    const { source, target } = typeof config === 'string' ? { source: config, target: `/${config}` } : map(config);
    const { file: path, content } = map(map(file.configs)[String(source)]);
    const found = path === undefined ? undefined : look(String(path));
    return `file ${target} ${JSON.stringify(content ?? (found?.kind === 'text' ? found.text : path))}`;
  });
  const secrets = list(service.secrets).map((secret) => {
    const { source, target } = typeof secret === 'string' ? { source: secret, target: undefined } : map(secret);
    const path = String(target ?? source);
    return `secret ${path.startsWith('/') ? path : `/run/secrets/${path}`}`;
  });
  return [...volumes, ...tmpfs, ...configs, ...secrets].filter((each) => each !== 'memory /dev/shm').sort();
}

function volumeMeaning(volume: unknown, declared: Plain, project: string): string {
  const { type, source, target, read_only } = typeof volume === 'string' ? shortVolume(volume) : map(volume);
  if (type === 'tmpfs') return `memory ${target}`;
  const top = map(declared[String(source)]);
  const name = type === 'bind' ? source : source === undefined ? 'anonymous' : (top.name ?? `${project}_${source}`);
  const path = String(target).replace(/(?<=.)\/+$/, '');
  return `${type ?? 'volume'} ${name} ${path}${read_only === true ? ' read-only' : ''}`;
}

function shortVolume(text: string): Plain {
  const [first = '', second, options = ''] = text.split(':');
  if (second === undefined) return { type: 'volume', target: first };
  return {
    type: /^[./~]/.test(first) ? 'bind' : 'volume',
    source: first,
    target: second,
    read_only: options.split(',').includes('ro'),
  };
}

function healthMeaning(health: Plain): unknown {
  const { test } = health;
  if (test === undefined || health.disable === true || list(test)[0] === 'NONE') return undefined;
  const shell = (line: string) => ['/bin/sh', '-c', line];
  const [kind, ...rest] = typeof test === 'string' ? ['CMD-SHELL', test] : list(test).map(String);
  return {
    command: kind === 'CMD-SHELL' ? shell(rest.join(' ')) : rest,
    interval: ms(String(health.interval ?? '30s')),
    timeout: ms(String(health.timeout ?? '30s')),
    retries: Number(health.retries ?? 3),
    start: ms(String(health.start_period ?? '0s')),
  };
}

function ms(text: string): number {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return [...text.matchAll(/(\d+)(ms|s|m|h)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? 0),
    0,
  );
}

function number(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function bytes(value: unknown): number | undefined {
  const match = /^([\d.]+)([bkmg]?)/i.exec(String(value ?? ''));
  if (match === null) return undefined;
  const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3 };
  return Math.floor(Number(match[1]) * 1024 ** (powers[(match[2] ?? '').toLowerCase()] ?? 0));
}

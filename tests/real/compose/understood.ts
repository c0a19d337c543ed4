import type { ComposeService } from '../../../compiler/model/compose-project.ts';
import { composeDuration, composeSize, millisecondsOf } from '../../../compiler/model/compose-units.ts';

/** A service as `docker compose config --format json` prints it: every short form made long, every default written out. */
type Printed = Readonly<Record<string, unknown>> & {
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
};

/**
 * A printed service in the words of our model, so that the two can be compared as wholes. What Compose adds by itself is
 * taken away only where it says nothing: empty lists, `mode: ingress`, `required: true`. A member that is not known here
 * stays and fails the comparison.
 */
export function understood(printed: Printed): Record<string, unknown> {
  const { networks, network_mode: mode, ...rest } = printed;
  const read = Object.entries(rest).flatMap(([key, value]) => {
    if (value === null) return [];
    return [[key, (readers[key] ?? ((each: unknown) => each))(value)] as const];
  });
  return {
    ...Object.fromEntries(read),
    ...(mode === undefined ? {} : { network_mode: mode }),
    networks: Object.fromEntries(
      Object.entries(networks ?? {}).map(([key, joined]) => [key, { aliases: joined?.aliases ?? [] }]),
    ),
  };
}

/** Our service as it is compared: members that are not there left out, and our extension, which Compose reads over. */
export function asked({ 'x-autogit-job': _job, ...service }: ComposeService): Record<string, unknown> {
  return JSON.parse(JSON.stringify(service)) as Record<string, unknown>;
}

type Map = Readonly<Record<string, never>>;

const readers: Readonly<Record<string, (value: unknown) => unknown>> = {
  ports: listOf(({ mode: _mode, ...port }) => port),
  // An empty `bind` says that the folder is not made; an empty `volume` says nothing.
  volumes: listOf(({ volume: _volume, bind, ...mount }) => ({
    ...mount,
    ...(bind === undefined ? {} : { bind: { create_host_path: (bind as Map).create_host_path ?? false } }),
  })),
  devices: (value) => (value as readonly Map[]).map(({ source, target }) => `${source}:${target}`),
  extra_hosts: (value) =>
    Object.fromEntries(
      (value as readonly string[]).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ),
  depends_on: (value) =>
    Object.fromEntries(
      Object.entries(value as Readonly<Record<string, Map>>).map(([key, { required: _required, ...need }]) => [
        key,
        need,
      ]),
    ),
  deploy: (value) => {
    const { resources, placement: _placement, ...rest } = value as Readonly<Record<string, unknown>>;
    const { limits, ...others } = resources as Readonly<Record<string, Map>>;
    const { cpus, memory, pids } = limits ?? {};
    const said = { cpus: String(cpus), memory: composeSize(Number(memory)), pids };
    return { ...rest, resources: { limits: said, ...(others as object) } };
  },
  healthcheck: (value) => {
    const { interval, timeout, start_period: start, ...rest } = value as Map;
    return {
      ...(rest as object),
      interval: duration(interval),
      timeout: duration(timeout),
      start_period: duration(start),
    };
  },
  ulimits: (value) =>
    Object.fromEntries(
      Object.entries(value as Readonly<Record<string, unknown>>).map(([name, limit]) => [
        name,
        typeof limit === 'number' ? { soft: limit, hard: limit } : limit,
      ]),
    ),
  stop_grace_period: duration,
};

function listOf(read: (item: Map) => unknown): (value: unknown) => unknown {
  return (value) => (value as readonly Map[]).map(read);
}

/** Compose writes `1m0s` for what we write as `1m`. */
function duration(text: unknown): string {
  return composeDuration(millisecondsOf(String(text)) ?? Number.NaN);
}

import type { ComposeNetwork, ComposeService, ComposeVolume } from '../model/compose-project.ts';
import type { JsonSchema } from '../model/conform.ts';

const text: JsonSchema = { type: 'string' };
const texts: JsonSchema = { type: 'array', items: text };
const textMap: JsonSchema = { type: 'object', additionalProperties: text };
const duration: JsonSchema = { type: 'string', pattern: '^(?=\\d)(?:\\d+h)?(?:\\d+m)?(?:\\d+s)?(?:\\d+ms)?$' };
/** Absolute, and without a way back up: the policy of the host judges it by how it begins. */
const absolute: JsonSchema = { type: 'string', pattern: '^(?:/(?!\\.{1,2}(?:/|$))[^/\\x00-\\x1f]+)+$' };
const condition = ['service_started', 'service_healthy', 'service_completed_successfully'];

function map(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((key) => !optional.includes(key));
  return { type: 'object', properties, required, additionalProperties: false };
}

function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

function mapOf(additionalProperties: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties };
}

const mount: JsonSchema = {
  oneOf: [
    map({ type: { enum: ['volume'] }, source: text, target: absolute, read_only: { type: 'boolean' } }, ['read_only']),
    map(
      {
        type: { enum: ['bind'] },
        source: absolute,
        target: absolute,
        read_only: { type: 'boolean' },
        bind: map({ create_host_path: { enum: [false] } }),
      },
      ['read_only'],
    ),
  ],
};

const port = map(
  {
    target: { type: 'integer', minimum: 1, maximum: 65_535 },
    published: { type: 'string', pattern: '^[1-9]\\d{0,4}$' },
    protocol: { enum: ['tcp', 'udp'] },
    host_ip: text,
  },
  ['host_ip'],
);

const limits = map({
  cpus: { type: 'string', pattern: '^(?!0+(?:\\.0*)?$)\\d+(?:\\.\\d+)?$' },
  memory: { type: 'string', pattern: '^[1-9]\\d*[bkmg]$' },
  pids: { type: 'integer', minimum: 1 },
});

const gpus = map({ driver: { enum: ['nvidia'] }, device_ids: texts, count: { type: 'integer' }, capabilities: texts }, [
  'device_ids',
  'count',
]);

const service: Readonly<Record<keyof ComposeService, JsonSchema>> = {
  image: text,
  build: map({ context: text, dockerfile: text, target: text }, ['target']),
  working_dir: text,
  entrypoint: texts,
  command: texts,
  environment: {
    type: 'object',
    patternProperties: { '^[^=\\x00]+$': { type: ['string', 'object'] } },
    additionalProperties: false,
  },
  networks: mapOf(map({ aliases: texts })),
  network_mode: { enum: ['host'] },
  extra_hosts: textMap,
  ports: list(port),
  volumes: list(mount),
  tmpfs: list({ type: 'string', pattern: '^/[^:]' }),
  configs: list(map({ source: text, target: absolute })),
  secrets: list(map({ source: text, target: absolute })),
  healthcheck: map({
    test: texts,
    interval: duration,
    timeout: duration,
    retries: { type: 'integer', minimum: 0 },
    start_period: duration,
  }),
  depends_on: mapOf(map({ condition: { enum: condition } })),
  deploy: map({
    resources: map({ limits, reservations: map({ devices: list(gpus) }) }, ['reservations']),
  }),
  devices: list({ type: 'string', pattern: '^(?!.*/\\.{1,2}(?:[/:]|$))/[^:]+:/[^:]+$' }),
  ulimits: mapOf(map({ soft: { type: 'integer', minimum: -1 }, hard: { type: 'integer', minimum: -1 } })),
  sysctls: textMap,
  user: { type: 'string', pattern: '^[^:]+(?::[^:]+)?$' },
  read_only: { type: 'boolean' },
  init: { type: 'boolean' },
  cap_drop: texts,
  cap_add: list({ type: 'string', pattern: '^[A-Z_]+$' }),
  security_opt: texts,
  restart: { type: 'string', pattern: '^(?:unless-stopped|always|no|on-failure:\\d+)$' },
  stop_grace_period: duration,
  stop_signal: text,
  profiles: texts,
  'x-autogit-job': { type: 'object' },
  labels: textMap,
};

const always: readonly (keyof ComposeService)[] = [
  ...(['image', 'networks', 'deploy', 'init', 'cap_drop', 'security_opt', 'restart'] as const),
  ...(['stop_grace_period', 'labels'] as const),
];

const network: Readonly<Record<keyof ComposeNetwork, JsonSchema>> = {
  name: text,
  internal: { type: 'boolean' },
  labels: textMap,
};

const volume: Readonly<Record<keyof ComposeVolume | 'labels', JsonSchema>> = {
  name: text,
  external: { enum: [true] },
  labels: textMap,
};

/** The forms of `compiler/model/compose-project.ts` as rules: what is rendered, and all that the reconciler can read. */
export const schemaOf: Readonly<Record<'service' | 'network' | 'volume', JsonSchema>> = {
  service: { type: 'object', properties: service, required: always, additionalProperties: false },
  network: { type: 'object', properties: network, required: ['name', 'labels'], additionalProperties: false },
  volume: { type: 'object', properties: volume, required: ['name'], additionalProperties: false },
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Value } from '../../schema/document.ts';

/** The part of the published schema that says what could be written. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string;
  readonly const?: Value;
  readonly enum?: readonly Value[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly examples?: readonly Value[];
  readonly default?: Value;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly minProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
}

const root = JSON.parse(readFileSync(join(import.meta.dirname, '../../schema/autogit.schema.json'), 'utf8')) as Schema;

/** Few names, so that references often lead somewhere, two parts often want the same, and a role is named by chance. */
const ids = ['wiki', 'shop', 'a', 'b-1', 'forge', 'database', 'cache', 'local', 'linux', 'x'.repeat(40)];

/** Files that mostly fit the schema: every key of the language is written some time, in each of its forms. */
export const platformFiles: fc.Arbitrary<Value> = written(root, 0).map((file) => ({
  ...(file as Record<string, Value>),
  name: 'home',
  domain: 'home.example.org',
}));

function written(schema: Schema, depth: number): fc.Arbitrary<Value> {
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.slice('#/$defs/'.length)];
    if (target === undefined) throw new Error(`the schema has no ${schema.$ref}`);
    const examples = [...(schema.examples ?? []), ...(target.examples ?? [])];
    return written({ ...target, examples }, depth);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const forms = schema.anyOf ?? (schema.properties === undefined ? schema.oneOf : undefined);
  if (forms !== undefined) return fc.oneof(...forms.map((form) => written(form, depth)));
  switch (schema.type) {
    case 'object':
      return mapOf(schema, depth);
    case 'array':
      return fc.array(written(schema.items ?? {}, depth + 1), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return numberOf(schema);
    default:
      return textOf(schema);
  }
}

function mapOf(schema: Schema, depth: number): fc.Arbitrary<Value> {
  const { properties, additionalProperties: entries } = schema;
  if (properties === undefined && typeof entries !== 'object') {
    return fc.constantFrom<Value>({}, ...(schema.examples ?? []), { domain: 'b.example.org', forge: null });
  }
  if (properties === undefined) {
    const names = schema.propertyNames === undefined ? fc.constantFrom(...ids) : nameOf(schema.propertyNames);
    return fc
      .array(
        fc.tuple(
          names,
          fc.constant(0).chain(() => written(entries as Schema, depth + 1)),
        ),
        { maxLength: 3 },
      )
      .map((members) => Object.fromEntries(members) as Value);
  }
  const wanted = new Set(schema.required ?? []);
  // The deeper, the fewer optional keys, so that a file stays small enough for thousands of runs.
  const chance = depth === 0 ? 3 : 6;
  const members = Object.entries(properties).map(([key, each]) => {
    const value = fc.constant(0).chain(() => written(each, depth + 1));
    const absent = fc.constant<Value | undefined>(undefined);
    const some = fc.oneof({ weight: chance, arbitrary: absent }, { weight: 1, arbitrary: value });
    return (wanted.has(key) ? value : some).map((member) => [key, member] as const);
  });
  return fc
    .tuple(...members)
    .map((list) => Object.fromEntries(list.filter(([, member]) => member !== undefined)) as Value)
    .map((map) => oneOfGroup(map, schema));
}

/** `oneOf` beside `properties` asks for exactly one of some keys: mostly that is so, once in a while it is not. */
function oneOfGroup(map: Value, schema: Schema): Value {
  const keys = (schema.oneOf ?? []).flatMap(({ required = [] }) => required);
  const present = keys.filter((key) => Object.hasOwn(map as object, key));
  if (keys.length === 0 || present.length === 1) return map;
  const chosen = present[0] ?? keys[0] ?? '';
  const example = schema.properties?.[chosen]?.examples?.[0];
  const others = Object.entries(map as object).filter(([key]) => !keys.includes(key));
  const value = (map as Record<string, Value>)[chosen] ?? example;
  return Object.fromEntries([...others, ...(value === undefined ? [] : [[chosen, value]])]) as Value;
}

function nameOf(names: Schema): fc.Arbitrary<string> {
  const target = names.$ref === undefined ? names : (root.$defs?.[names.$ref.slice('#/$defs/'.length)] ?? names);
  if (target.enum !== undefined) return fc.constantFrom(...target.enum.map(String));
  return mostlyFitting(target.pattern);
}

/** Words of many kinds: for each pattern of the language there are some that fit. */
const words: readonly string[] = [
  ...ids,
  ...['http', 'app.conf', 'LOG_LEVEL', 'DB_PASS_FILE', 'AG501', 'AG411', 'net.core.somaxconn', 'printer.home.lan'],
  ...['/data', '/tmp', '/etc/app/app.conf', '/srv/media', '/dev/ttyUSB0', '/healthz', 'conf/app.conf', 'Dockerfile'],
  ...[
    'https://git.home.lan/ops/wiki.git',
    'unix:///var/run/docker.sock',
    'process',
    'ssh://ops@box',
    'main',
    'Deployment',
  ],
  ...[
    'wiki:1',
    'ghcr.io/a/b:2',
    'postgres:17',
    '30s',
    '10m',
    '0s',
    '64Mi',
    '4Gi',
    '1000:1000',
    '0:0',
    '192.168.1.2',
    '::1',
  ],
  ...[
    '0 3 * * *',
    '*/5 * * * 1-5',
    'once',
    '61 3 * * *',
    'Europe/Madrid',
    'UTC',
    'Mars/Olympus',
    '1.28',
    '1.33',
    'because',
  ],
  ...['secrets.enc.yaml#/smtp/password', 'home-wiki', 'NET_BIND_SERVICE', 'SIGTERM', 'docker', 'gpu.large'],
];

/** One of the words that fit a pattern, or once in a while one that does not. */
function mostlyFitting(pattern: string | undefined): fc.Arbitrary<string> {
  const fitting = words.filter((word) => pattern === undefined || new RegExp(pattern, 'u').test(word));
  if (fitting.length === 0) return fc.constantFrom(...words);
  return fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...fitting) },
    { weight: 1, arbitrary: fc.constantFrom(...words) },
  );
}

function numberOf({ minimum = 0, maximum = 1000, examples = [] }: Schema): fc.Arbitrary<Value> {
  const edges = [minimum, maximum, Math.min(maximum, Math.max(minimum, 8))];
  return fc.constantFrom<Value>(...edges, ...examples);
}

function textOf({ examples = [], default: usual, pattern }: Schema): fc.Arbitrary<Value> {
  const known = [...examples, ...(usual === undefined ? [] : [usual])];
  if (known.length === 0) return mostlyFitting(pattern);
  return fc.oneof(fc.constantFrom<Value>(...known), mostlyFitting(pattern));
}

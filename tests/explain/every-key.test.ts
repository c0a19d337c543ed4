import { expect, it } from 'vitest';
import { type JsonSchema, schemaAt } from '../../compiler/explain/schema-at.ts';
import { settingPath } from '../../compiler/explain/setting-path.ts';
import { readDocument } from '../../compiler/read/read-document.ts';
import { validate } from '../../compiler/validate/validate.ts';
import published from '../../schema/autogit.schema.json' with { type: 'json' };
import { bytesOf, cases } from '../compiler/cases.ts';

const schema = published as unknown as JsonSchema;

/** Every path to a value of a map, lists left as they are. */
function pathsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

it.each(cases())('finds every key of $name, its defaults included, in the schema', async (each) => {
  const { document } = await readDocument({ file: each.file, bytes: bytesOf(each) });
  const { spec } = await validate(document as NonNullable<typeof document>);
  const paths = pathsIn(spec).filter(({ length }) => length > 0);
  expect(paths.length).toBeGreaterThan(30);
  const unknown = paths.filter((path) => schemaAt(schema, path, spec) === undefined);
  expect(unknown.map((path) => path.join('.'))).toEqual([]);
  for (const path of paths) expect(settingPath(path.join('.'), spec)).toEqual(path);
});

it('names the component of a key, and the language for its own', () => {
  const spec = { forge: { use: 'gitea' }, services: { wiki: {} } };
  expect(schemaAt(schema, ['forge', 'host'], spec)?.component).toBe('gitea');
  expect(schemaAt(schema, ['services', 'wiki', 'port'], spec)?.component).toBe('service');
  expect(schemaAt(schema, ['gitops', 'branch'], spec)).toMatchObject({ default: 'main' });
  expect(schemaAt(schema, ['gitops', 'branch'], spec)?.component).toBeUndefined();
});

it('takes a key with dots as one, and a pointer', () => {
  const tree = { services: { wiki: { configs: { 'app.conf': { path: '/etc/app.conf' } } } } };
  const path = ['services', 'wiki', 'configs', 'app.conf', 'path'];
  expect(settingPath('services.wiki.configs.app.conf.path', tree)).toEqual(path);
  expect(settingPath('/services/wiki/configs/app.conf/path', tree)).toEqual(path);
  expect(settingPath('/a~1b/c~0d', {})).toEqual(['a/b', 'c~d']);
});

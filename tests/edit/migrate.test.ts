import { describe, expect, it } from 'vitest';
import { type MigrationStep, migrate } from '../../compiler/edit/migrate.ts';

/** Steps of a language that never was. */
const steps: readonly MigrationStep[] = [
  {
    from: 1,
    moves: [
      { from: 'services.*.mem', to: 'services.*.limits.memory', why: 'limits stand together' },
      { from: 'runners.*.tags', to: 'runners.*.labels', why: 'forges call them labels' },
    ],
  },
  {
    from: 2,
    moves: [
      { from: 'legacy', why: 'nothing read it' },
      { from: 'site', to: 'domain', why: 'it is a domain' },
    ],
  },
];

const old = `# ours
version: 1
name: home
site: home.lan # at home
legacy: true
services:
  web:
    image: a/b
    # a lot
    mem: 2Gi
runners:
  linux: { tags: [docker] }
`;

describe('migrating a platform file', () => {
  it('renames, moves and removes keys step by step, comments kept', () => {
    const { text, from, to, changes } = migrate(old, steps);
    expect({ from, to }).toEqual({ from: 1, to: 3 });
    expect(text).toBe(`# ours
version: 3
name: home
domain: home.lan # at home
services:
  web:
    image: a/b
    limits:
      # a lot
      memory: 2Gi
runners:
  linux: { labels: [docker] }
`);
    expect(changes.map(({ from, to }) => `${from} → ${to ?? ''}`)).toEqual([
      'services.web.mem → services.web.limits.memory',
      'runners.linux.tags → runners.linux.labels',
      'legacy → ',
      'site → domain',
    ]);
  });

  it('does it once', () => {
    const { text } = migrate(old, steps);
    expect(migrate(text, steps)).toMatchObject({ text, changes: [] });
  });

  it('starts at the version of the file', () => {
    expect(migrate('version: 2\nname: home\nsite: a.b\nrunners: { x: { tags: [a] } }\n', steps).text).toBe(
      'version: 3\nname: home\ndomain: a.b\nrunners: { x: { tags: [a] } }\n',
    );
  });

  it('never overwrites a key that is there already', () => {
    const { changes } = migrate('version: 2\nsite: a.b\ndomain: c.d\n', steps);
    expect(changes).toEqual([]);
  });

  it.each(['', 'name: [', '- a\n', 'name: home\ndomain: home.lan\n', 'version: 1\nname: home\n'])(
    'leaves %j as it is in version 1, which is the newest',
    (text) => {
      expect(migrate(text)).toMatchObject({ text, to: 1, changes: [] });
    },
  );
});

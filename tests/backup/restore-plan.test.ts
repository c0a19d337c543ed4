import { expect, it } from 'vitest';
import { kubectlText } from '../../cli/backup-kubectl.ts';
import { compile } from '../../compiler/compile.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { explainRestic } from '../../reconciler/backup/explain-restic.ts';
import { partNamed, restorePlan } from '../../reconciler/backup/restore-plan.ts';
import { type BackupCopy, chooseCopy, readCopies } from '../../reconciler/backup/snapshots.ts';

const file = `name: home
domain: home.lan
database: postgres
cache: { use: valkey, persistent: true }
monitoring: prometheus
forge: { use: gitea, database: sqlite }
backup: { use: restic, repository: "s3:https://s3.example.net/backup", password: key }
services:
  wiki: { image: "wiki:1", needs: [database], volumes: { data: /data, cache: { path: /cache, backup: false } } }
  notes: { image: "notes:1", needs: [wiki] }
secrets: { key: { file: /etc/autogit/backup-key } }
accept: { AG581: one node }
`;

async function world(target: 'compose' | 'kubernetes' = 'compose', text = file) {
  const { platform } = await compile({ file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets, target });
  const { backup } = platform as Platform;
  if (platform === undefined || backup === undefined) throw new Error('the file does not compile');
  return { platform, backup };
}

const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id);

it('empties the volume of a database, and stops whoever uses it, in the order of their needs', async () => {
  const given = await world();
  const plan = restorePlan(given, partNamed(given, 'database'));
  expect(plan.volumes).toEqual([{ id: 'database-data', name: 'home-database-data' }]);
  expect(ids(plan.own)).toEqual(['database']);
  expect(ids(plan.clients)).toEqual(['database-metrics', 'database-roles', 'wiki', 'notes']);
  expect(plan.dumps.map(({ load }) => load?.while)).toEqual(['running']);
});

it('loads the dump of an older PostgreSQL into the new volume of a newer one, and leaves the old one alone', async () => {
  const database = 'database: { use: postgres, image: "postgres:18.1", volume: data-18 }';
  const [before, after] = [await world(), await world('compose', file.replace('database: postgres', database))];
  const [old, now] = [before, after].map((given) => restorePlan(given, partNamed(given, 'database')));
  expect(now?.volumes).toEqual([{ id: 'database-data-18', name: 'home-database-data-18' }]);
  // The same place in a copy, so that one of the older server is found.
  expect(now?.dumps.map(({ path }) => path)).toEqual(old?.dumps.map(({ path }) => path));
});

it('stops the forge alone while its files and its SQLite come back', async () => {
  const given = await world();
  const plan = restorePlan(given, partNamed(given, 'forge'));
  expect(plan.volumes).toEqual([{ id: 'forge-data', name: 'home-forge-data', path: '/volumes/forge-data' }]);
  expect(ids(plan.own)).toEqual(['forge']);
  expect(plan.clients).toEqual([]);
});

it('stops the dashboards alone while what people made in them comes back, and monitoring goes on', async () => {
  const given = await world();
  const plan = restorePlan(given, partNamed(given, 'monitoring'));
  expect(plan.volumes.map(({ id }) => id)).toEqual(['monitoring-dashboards-data']);
  expect(ids(plan.own)).toEqual(['monitoring-dashboards']);
  expect(plan.clients).toEqual([]);
  expect(plan.dumps).toMatchObject([{ id: 'monitoring-dashboards', load: { while: 'stopped' } }]);
});

it('leaves a volume alone that is in no copy', async () => {
  const given = await world();
  expect(restorePlan(given, partNamed(given, 'wiki')).volumes.map(({ id }) => id)).toEqual(['wiki-data']);
});

it('names the part that was meant, or all there are', async () => {
  const given = await world();
  expect(() => partNamed(given, 'datbase')).toThrow(expect.objectContaining({ next: "did you mean 'database'?" }));
  expect(() => partNamed(given, 'xyz')).toThrow(
    expect.objectContaining({ next: 'name one of cache, database, forge, monitoring, wiki' }),
  );
});

const listed = [
  { id: 'a1'.repeat(32), time: '2026-11-20T03:00:00Z', hostname: 'home-local', paths: ['/volumes/wiki-data'] },
  {
    id: 'b2'.repeat(32),
    time: '2026-11-21T03:00:00.123456789+01:00',
    hostname: 'home-nas',
    paths: ['/dumps/database-data/database-data'],
    summary: { total_bytes_processed: 5 },
  },
];

it('reads the list of an older and of a newer restic, the newest copy first', async () => {
  const copies = readCopies(['created new cache in /cache', JSON.stringify(listed)], await world());
  expect(copies).toEqual([
    expect.objectContaining({ shortId: 'b2b2b2b2', host: 'nas', parts: ['database'], bytes: 5 }),
    expect.objectContaining({ shortId: 'a1a1a1a1', host: 'local', parts: ['wiki'] }),
  ]);
  expect(copies[1]).not.toHaveProperty('bytes');
  expect(readCopies(['null'], await world())).toEqual([]);
});

it('takes the newest copy that holds the part, on whichever host it was made', async () => {
  const given = await world();
  const copies: readonly BackupCopy[] = readCopies([JSON.stringify(listed)], given);
  expect(chooseCopy(copies, partNamed(given, 'wiki'), undefined).shortId).toBe('a1a1a1a1');
  expect(chooseCopy(copies, partNamed(given, 'wiki'), 'a1').shortId).toBe('a1a1a1a1');
  expect(() => chooseCopy(copies, partNamed(given, 'forge'), undefined)).toThrow(/no copy holds forge/);
  expect(() => chooseCopy(copies, partNamed(given, 'wiki'), 'b2')).toThrow(/does not hold wiki, but database/);
  expect(() => chooseCopy([], partNamed(given, 'wiki'), undefined)).toThrow(/the repository has no copy/);
});

it.each([
  [
    'Fatal: wrong password or no key found',
    "the secret 'key' does not open the repository s3:https://s3.example.net/backup",
  ],
  [
    'Fatal: unable to create lock in backend: repository is already locked by PID 7',
    'is locked: unable to create lock',
  ],
  ['write /into/x: no space left on device', 'the disk is full'],
  [
    'Fatal: unable to open config file: stat /repository/config: no such file or directory',
    'there is no repository at',
  ],
  ['Get "https://s3": dial tcp: lookup s3: no such host', 'cannot be reached'],
  ['something new', 'restic ended with code 1: something new'],
])('says what %j means', async (line, meaning) => {
  const { backup } = await world();
  const said = explainRestic(backup, ['open repository', line], 1);
  expect(said.message).toContain(meaning);
  expect(said.next).not.toBe('');
});

it('prints for a cluster what to type, with the same names as its objects', async () => {
  const given = await world('kubernetes');
  const text = kubectlText(given, 'restore', 'forge', { snapshot: '1a2b3c4d' });
  expect(text).toContain('kube scale statefulset/home-forge --replicas=0\n');
  expect(text).toContain(`job home-backup '["restore", "1a2b3c4d", `);
  expect(text.indexOf('job home-backup-forge-database')).toBeGreaterThan(text.indexOf('job home-backup '));
  expect(text.trim().split('\n').at(-1)).toBe('kube scale statefulset/home-forge --replicas=1');
});

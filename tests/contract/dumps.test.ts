import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { componentFiles } from './component-files.ts';

/**
 * What each component keeps that its files alone are no consistent copy of: the copy, and as whom it is taken. A component
 * that keeps nothing, or nothing but files that are each right by themselves, is here with none.
 */
const dumps: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  authelia: { 'sso-database': 1000 },
  certificates: {},
  coredns: {},
  distribution: {},
  forgejo: { 'forge-database': 1000 },
  garage: { 'objects-metadata': 1000 },
  gitea: { 'forge-database': 1000 },
  gitlab: { 'forge-data': 1000 },
  lldap: { 'directory-database': 1000, 'sso-database': 1000 },
  postgres: { 'database-data': 999 },
  prometheus: { 'monitoring-dashboards': 472 },
  redis: { 'cache-data': 999 },
  restic: {},
  service: {},
  traefik: {},
  valkey: { 'cache-data': 999 },
  versitygw: {},
};

const backup = `backup: { use: restic, repository: "s3:https://s3.example.net/backup", password: backup-key }
secrets: { backup-key: { file: /etc/autogit/backup-key } }
accept: { AG581: one node }
`;

describe.each(catalog)('a backup of $use', ({ use }) => {
  const own = use === 'restic' ? '' : (componentFiles[use]?.minimal ?? '');
  const expected = dumps[use];

  it.each(['compose', 'kubernetes'] as const)('has its consistent copies on %s', async (target) => {
    const platform = await compiled(`${own}${backup}`, target);
    const taken = takenIn(platform);
    expect(Object.fromEntries(taken.map(({ id, uid }) => [id, uid]))).toEqual(expected);
    // The copy can be taken in again, and its job opens volumes of whom it is of.
    for (const { id, volumes } of taken) {
      const part = platform.backup?.parts.find((each) => each.dumps.some((dump) => dump.id === id));
      expect(part?.dumps.find((dump) => dump.id === id)?.load, id).toBeDefined();
      for (const volume of volumes) expect(volume).toMatch(new RegExp(`^(?:backup-)?${part?.id}-`));
    }
  });
});

it('takes none of sign-on where its storage is the database of the platform', async () => {
  const platform = await compiled(`database: postgres\n${componentFiles.authelia?.minimal}${backup}`, 'compose');
  expect(takenIn(platform).map(({ id }) => id)).toEqual(['database-data']);
});

function takenIn({ workloads }: Platform) {
  return workloads
    .filter(({ component }) => component === 'dump')
    .map(({ id, user, mounts }) => ({
      id: id.slice('backup-'.length),
      uid: user?.uid,
      volumes: mounts.flatMap((mount) => (mount.kind === 'volume' ? mount.volume : [])),
    }));
}

async function compiled(rest: string, target: 'compose' | 'kubernetes'): Promise<Platform> {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${rest}`);
  const { platform, diagnostics } = await compile({ file: 'autogit.yaml', bytes, catalog, targets, target });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return platform as Platform;
}

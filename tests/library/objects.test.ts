import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

describe.each([
  ['versitygw', 7070],
  ['garage', 3900],
] as const)('objects: %s', (use, port) => {
  it('makes a pair of keys for each client, which the store and that client alone have', async () => {
    const { workloads, secrets } = await compiled(
      `objects: ${use}\nregistry: { use: distribution, storage: objects }\nservices: { photos: { image: "photos:1", needs: [objects] } }`,
    );
    expect(secrets.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['photos-objects-access-key', 'photos-objects-secret-key', 'registry-objects-access-key']),
    );
    const holders = workloads
      .filter(({ mounts }) =>
        mounts.some((each) => each.kind === 'secret' && each.secret === 'registry-objects-secret-key'),
      )
      .map(({ id }) => id);
    expect(holders).toEqual([use === 'garage' ? 'objects-buckets' : 'objects', 'registry']);
  });

  it('tells its client where it is, and in which bucket', async () => {
    const { configs } = await compiled(`objects: ${use}\nregistry: { use: distribution, storage: objects }`);
    const text = configs.find(({ id }) => id === 'registry-config')?.text;
    expect(text).toContain(`regionendpoint: http://home-objects:${port}\n`);
    expect(text).toContain('bucket: home-registry');
  });

  it('is reached by its clients on the port of S3 alone, and by nobody else', async () => {
    const { links } = await compiled(
      `objects: ${use}\nservices:\n  photos: { image: "photos:1", needs: [objects] }\n  wiki: { image: "wiki:1" }`,
    );
    const others = links.filter(({ to, from }) => to === 'objects' && from !== 'objects-buckets');
    expect(others.map((link) => `${link.from} ${link.port}`)).toEqual([`photos ${port}`]);
  });

  it('keeps a bucket of each purpose apart, under a name that no part can have', async () => {
    const { configs } = await compiled(
      `certificates: own-ca\nobjects: ${use}\nforge: { use: gitlab, storage: objects }`,
    );
    const text = configs.find(({ id }) => /^objects(?:-buckets-script|-start)$/.test(id))?.text;
    for (const bucket of ['home-forge.lfs', 'home-forge.uploads']) expect(text).toContain(bucket);
  });

  it('starts alone, for nobody', async () => {
    const { workloads } = await compiled(`objects: ${use}`);
    expect(workloads.map(({ id }) => id)).toEqual(['objects', 'objects-owner']);
  });
});

it('monitoring and the program beside it reach the administration of Garage, and no client does', async () => {
  const { links } = await compiled(
    'objects: garage\nmonitoring: prometheus\nservices: { photos: { image: "photos:1", needs: [objects] } }',
  );
  const admin = links.filter(({ to, port }) => to === 'objects' && port === 3903);
  expect(admin.map(({ from }) => from)).toEqual(['monitoring', 'objects-buckets']);
});

async function compiled(rest: string): Promise<Platform> {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${rest}\n`);
  const { platform, diagnostics } = await compile({ file: 'autogit.yaml', bytes, catalog, targets });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return platform as Platform;
}

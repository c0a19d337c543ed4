import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { narrow } from '../../compiler/model/narrow.ts';
import { compileOnce } from '../fakes/platform-compiler.ts';

const examples = join(import.meta.dirname, '../../examples');
const names = readdirSync(examples, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

describe('the platform as one workload sees it', () => {
  it.each(names)('has all that a search through the whole platform finds, in the same order: %s', async (name) => {
    const { platform } = await compileOnce({
      file: 'autogit.yaml',
      bytes: readFileSync(join(examples, name, 'autogit.yaml')),
    });
    if (platform === undefined) throw new Error(`${name} does not compile`);
    const seenBy = narrow(platform);
    for (const workload of platform.workloads) {
      const { id, needs, mounts, environment } = workload;
      const seen = seenBy(workload);
      const links = platform.links.filter(({ from, to }) => from === id || to === id);
      const mounted = new Set(mounts.flatMap((mount) => (mount.kind === 'volume' ? [mount.volume] : [])));
      const volumes = platform.volumes.filter((volume) => mounted.has(volume.id));
      const near = new Set([
        id,
        ...links.flatMap(({ from, to }) => [from, to]),
        ...needs.map((need) => need.workload),
        ...volumes.map((volume) => volume.workload),
      ]);
      const secrets = new Set([
        ...mounts.flatMap((mount) => (mount.kind === 'secret' ? [mount.secret] : [])),
        ...environment.flatMap(({ value }) => (value.kind === 'text' ? [] : [value.secret])),
      ]);
      expect(seen).toEqual({
        ...platform,
        links,
        configs: platform.configs.filter((config) => config.workload === id),
        volumes,
        secrets: platform.secrets.filter((secret) => secrets.has(secret.id)),
        workloads: platform.workloads.filter((other) => near.has(other.id)),
      });
    }
  });
});

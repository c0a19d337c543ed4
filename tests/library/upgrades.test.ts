import { describe, expect, it } from 'vitest';
import { compareVersions, imageVersion } from '../../compiler/model/image-version.ts';
import { catalog } from '../../library/catalog.ts';

describe('the version of an image', () => {
  it.each([
    ['postgres:17.11', [17, 11]],
    ['postgres:17-alpine', [17]],
    ['codeberg.org/forgejo/forgejo:15-rootless', [15]],
    ['traefik:v3.7.13', [3, 7, 13]],
    [`gitea/gitea:1.27.3-rootless@sha256:${'a'.repeat(64)}`, [1, 27, 3]],
    ['registry:5000/postgres', undefined],
    ['postgres:latest', undefined],
    ['postgres:17bookworm', undefined],
  ])('of %s is %j', (image, version) => expect(imageVersion(image)).toEqual(version));

  it('decides only by what both say', () => {
    expect(compareVersions([15], [15, 2])).toBe(0);
    expect(compareVersions([15, 1], [15, 2])).toBeLessThan(0);
    expect(compareVersions([1, 10], [1, 9])).toBeGreaterThan(0);
  });
});

describe('upgrades of components', () => {
  const upgrade = (use: string, from: string, to: string) =>
    catalog.find((component) => component.use === use)?.upgrade?.(from, to).kind;

  it.each([
    ['postgres', 'postgres:17.10', 'postgres:17.11', 'fine'],
    ['postgres', 'postgres:17.11', 'postgres:17.10', 'fine'],
    ['postgres', 'postgres:16', 'postgres:17', 'refused'],
    ['postgres', 'postgres:17', 'postgres:16', 'refused'],
    ['postgres', 'postgres:17', 'postgres:latest', 'warning'],
    ['gitea', 'gitea/gitea:1.26.4', 'gitea/gitea:1.27.0', 'fine'],
    ['gitea', 'gitea/gitea:1.27.0', 'gitea/gitea:1.26.4', 'refused'],
    ['forgejo', 'codeberg.org/forgejo/forgejo:11', 'codeberg.org/forgejo/forgejo:15-rootless', 'warning'],
    ['forgejo', 'codeberg.org/forgejo/forgejo:15', 'codeberg.org/forgejo/forgejo:11', 'refused'],
  ])('%s from %s to %s: %s', (use, from, to, kind) => expect(upgrade(use, from, to)).toBe(kind));
});

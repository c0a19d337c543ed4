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
    ['gitlab', 'gitlab/gitlab-ce:19.5.1-ce.0', 'gitlab/gitlab-ce:19.5.3-ce.0', 'fine'],
    ['gitlab', 'gitlab/gitlab-ce:19.2.0-ce.0', 'gitlab/gitlab-ce:19.5.3-ce.0', 'warning'],
    ['gitlab', 'gitlab/gitlab-ce:18.11.4-ce.0', 'gitlab/gitlab-ce:19.2.0-ce.0', 'warning'],
    ['gitlab', 'gitlab/gitlab-ce:18.11.4-ce.0', 'gitlab/gitlab-ce:19.3.0-ce.0', 'refused'],
    ['gitlab', 'gitlab/gitlab-ce:19.5.3-ce.0', 'gitlab/gitlab-ce:19.2.0-ce.0', 'refused'],
    ['gitlab', 'gitlab/gitlab-ce:19.5.3-ce.0', 'gitlab/gitlab-ee:19.5.3-ee.0', 'fine'],
    ['gitlab', 'gitlab/gitlab-ee:19.5.3-ee.0', 'gitlab/gitlab-ce:19.5.3-ce.0', 'refused'],
    ['gitlab', 'gitlab/gitlab-ce:16.11.10-ce.0', 'gitlab/gitlab-ce:17.3.7-ce.0', 'refused'],
    ['gitlab', 'gitlab/gitlab-ce:19.5.3-ce.0', 'gitlab/gitlab-ce:latest', 'warning'],
    ['gitlab', 'gitlab/gitlab-ce:19-ce.0', 'gitlab/gitlab-ce:19.5.3-ce.0', 'warning'],
    ['gitlab', 'gitlab/gitlab-ce:19.5.3-ce.0', 'gitlab/gitlab-ce:99999999999.1-ce.0', 'refused'],
  ])('%s from %s to %s: %s', (use, from, to, kind) => expect(upgrade(use, from, to)).toBe(kind));

  it('names every stop on the way of GitLab, and what its own PostgreSQL needs before 19', () => {
    const component = catalog.find(({ use }) => use === 'gitlab');
    const way = component?.upgrade?.('gitlab/gitlab-ce:17.11.7-ce.0', 'gitlab/gitlab-ce:19.5.3-ce.0');
    expect(way).toMatchObject({
      kind: 'refused',
      reason: 'GitLab 19.5.3 refuses to start on the data of 17.11.7: 18.2 lies between',
    });
    const steps = way?.kind === 'refused' ? way.steps : [];
    expect(
      steps.flatMap((step) => /^(?:go to ([\d.]+)|bring its own PostgreSQL to \d+|back it up)/.exec(step)?.[0] ?? []),
    ).toEqual([
      'back it up',
      'go to 18.2',
      'go to 18.5',
      'go to 18.8',
      'go to 18.11',
      'bring its own PostgreSQL to 17',
      'go to 19.2',
      'go to 19.5.3',
    ]);
  });
});

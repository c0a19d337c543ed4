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
  const rule = (use: string) =>
    catalog.find((component) => component.use === use)?.upgrade ??
    catalog.flatMap(({ upgrades }) => upgrades?.[use] ?? [])[0];
  const upgrade = (use: string, from: string, to: string) => rule(use)?.(from, to).kind;

  it.each([
    ['postgres', 'postgres:17.10', 'postgres:17.11', 'fine'],
    ['postgres', 'postgres:17.11', 'postgres:17.10', 'fine'],
    ['postgres', 'postgres:16', 'postgres:17', 'refused'],
    ['postgres', 'postgres:17', 'postgres:16', 'refused'],
    ['postgres', 'postgres:17', 'postgres:latest', 'warning'],
    ['valkey', 'valkey/valkey:8.1.4', 'valkey/valkey:8.1.3', 'fine'],
    ['valkey', 'valkey/valkey:8.1', 'valkey/valkey:8.0', 'fine'],
    ['valkey', 'valkey/valkey:8.1', 'valkey/valkey:9.0', 'warning'],
    ['valkey', 'valkey/valkey:9.0', 'valkey/valkey:8.1', 'refused'],
    ['valkey', 'valkey/valkey:9.1', 'valkey/valkey:9.0', 'refused'],
    ['valkey', 'valkey/valkey:9.0', 'valkey/valkey:latest', 'warning'],
    ['redis', 'redis:7.2.16', 'redis:7.2.5', 'fine'],
    ['redis', 'redis:6.2', 'redis:7.2', 'warning'],
    ['redis', 'redis:7.2', 'redis:7.0', 'refused'],
    ['redis', 'redis:7.2', 'redis:8.2', 'warning'],
    ['redis', 'redis:8.2', 'redis:7.2', 'refused'],
    ['redis', 'redis:8.2', 'redis:8.4', 'fine'],
    ['garage', 'dxflrs/garage:v2.3.0', 'dxflrs/garage:v2.1.0', 'fine'],
    ['garage', 'dxflrs/garage:v1.3.0', 'dxflrs/garage:v2.3.0', 'warning'],
    ['garage', 'dxflrs/garage:v0.9.4', 'dxflrs/garage:v1.0.0', 'warning'],
    ['garage', 'dxflrs/garage:v0.9.4', 'dxflrs/garage:v2.3.0', 'refused'],
    ['garage', 'dxflrs/garage:v0.8.4', 'dxflrs/garage:v1.0.0', 'refused'],
    ['garage', 'dxflrs/garage:v2.3.0', 'dxflrs/garage:v1.3.0', 'refused'],
    ['garage', 'dxflrs/garage:v2.3.0', 'dxflrs/garage:nightly', 'warning'],
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
    ['authelia', 'authelia/authelia:4.39.19', 'authelia/authelia:4.39.20', 'fine'],
    ['authelia', 'authelia/authelia:4.39.20', 'authelia/authelia:4.39', 'fine'],
    ['authelia', 'authelia/authelia:4.38.19', 'authelia/authelia:4.39.20', 'warning'],
    ['authelia', 'authelia/authelia:4.39.20', 'authelia/authelia:4.38.19', 'refused'],
    ['authelia', 'authelia/authelia:5.0.0', 'authelia/authelia:4.39.20', 'refused'],
    ['authelia', 'authelia/authelia:4.39.20', 'authelia/authelia:master', 'warning'],
    ['lldap', 'lldap/lldap:v0.6.2-alpine-rootless', 'lldap/lldap:v0.6.3-alpine-rootless', 'fine'],
    ['lldap', 'lldap/lldap:v0.5.0', 'lldap/lldap:v0.6.3-alpine-rootless', 'warning'],
    ['lldap', 'lldap/lldap:v0.6.3-alpine-rootless', 'lldap/lldap:v0.5.0', 'refused'],
    ['grafana', 'grafana/grafana:13.1.4', 'grafana/grafana:13.2.3', 'fine'],
    ['grafana', 'grafana/grafana:12.4.1', 'grafana/grafana:13.2.3', 'warning'],
    ['grafana', 'grafana/grafana:13.2.3', 'grafana/grafana:13.1.4', 'refused'],
    ['prometheus', 'prom/prometheus:v2.53.0', 'prom/prometheus:v3.15.0', 'fine'],
    ['prometheus', 'prom/prometheus:v3.15.0', 'prom/prometheus:v3.4.0', 'fine'],
    ['prometheus', 'prom/prometheus:v3.15.0', 'prom/prometheus:v2.55.1', 'fine'],
    ['prometheus', 'prom/prometheus:v3.15.0', 'prom/prometheus:v2.53.0', 'refused'],
    ['prometheus', 'prom/prometheus:v3.15.0', 'prom/prometheus:main', 'warning'],
  ])('%s from %s to %s: %s', (use, from, to, kind) => expect(upgrade(use, from, to)).toBe(kind));

  it('tells the ways back from a newer Authelia', () => {
    expect(rule('authelia')?.('authelia/authelia:4.39.20', 'authelia/authelia:4.38.0')).toMatchObject({
      kind: 'refused',
      reason: 'version 4.38.0 does not start on the database of 4.39.20',
      steps: [
        'restore the backup that was made with 4.38.0, or stay with 4.39.20',
        expect.stringContaining('authelia storage migrate down --target NUMBER'),
      ],
    });
  });

  it('says that an older Grafana starts on what it is not made for', () => {
    expect(rule('grafana')?.('grafana/grafana:13.2.3', 'grafana/grafana:13.1.0')).toMatchObject({
      reason: 'version 13.1.0 is not made for the database of 13.2.3',
    });
  });

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

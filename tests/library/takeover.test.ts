import { describe, expect, it } from 'vitest';
import { type DataReader, takeoverOf } from '../../compiler/model/takeover.ts';
import { catalog } from '../../library/catalog.ts';

const judge = takeoverOf(catalog);
const reader = (component: string, image: string): DataReader => ({ component, image });

describe('whose data a container finds', () => {
  it.each([
    ['gitea/gitea:1.27.3-rootless', 'forgejo', 'codeberg.org/forgejo/forgejo:15-rootless', 'refused'],
    ['codeberg.org/forgejo/forgejo:15-rootless', 'gitea', 'gitea/gitea:1.27.3-rootless', 'refused'],
    ['gitlab/gitlab-ee:19.5.3-ee.0', 'gitea', 'gitea/gitea:1.27.3-rootless', 'refused'],
    ['dxflrs/garage:v2.3.0', 'versitygw', 'versity/versitygw:v1.8.0', 'refused'],
    ['registry.home.lan/mirror/gitea:1.27.3', 'forgejo', 'registry.home.lan/mirror/forgejo:15', 'refused'],
    // Valkey and Redis parted after 7.2, and read each other's data up to there.
    ['redis:7.2.16', 'valkey', 'valkey/valkey:9.0', 'warning'],
    ['redis:7.4.1', 'valkey', 'valkey/valkey:9.0', 'refused'],
    ['valkey/valkey:8.1', 'redis', 'redis:7.2.16', 'warning'],
    ['valkey/valkey:8.1', 'redis', 'redis:7.0', 'refused'],
    ['valkey/valkey:9.0', 'redis', 'redis:8.2', 'refused'],
    // Within one component its own rule decides, whatever registry the image comes from.
    ['gitlab/gitlab-ee:18.11.4-ee.0', 'gitlab', 'registry.home.lan/gitlab-ee:19.5.3-ee.0', 'refused'],
    ['postgres:16.10', 'postgres', 'registry.home.lan/postgres:17.11', 'refused'],
    ['my/database:16', 'postgres', 'my/database:17', 'refused'],
    // A further program of a component has a rule of its own.
    ['grafana/grafana:12.2.0', 'grafana', 'grafana/grafana:11.0.0', 'refused'],
    // Nothing is held on a guess.
    ['grafana/grafana:12.2.0', 'grafana', 'my/panels:1', 'fine'],
    ['my/git:20', 'forgejo', 'codeberg.org/forgejo/forgejo:15-rootless', 'warning'],
    ['codeberg.org/forgejo/forgejo:15-rootless', 'forgejo', 'my/git:7', 'warning'],
    ['my/database:16', 'postgres', 'postgres:17.11', 'warning'],
    ['postgres:latest', 'postgres', 'postgres:17.11', 'warning'],
    ['postgres:16.10', 'forgejo', 'codeberg.org/forgejo/forgejo:15-rootless', 'warning'],
    ['wiki:2', 'service', 'wiki:1', 'fine'],
    ['postgres:16', 'service', 'postgres:17', 'fine'],
    ['not an image', 'postgres', 'not an image', 'fine'],
    // A digest beside the tag changes nothing.
    ['gitea/gitea:1.27.3', 'gitea', `gitea/gitea:1.27.3@sha256:${'a'.repeat(64)}`, 'fine'],
  ])('%s, then %s as %s: %s', (writer, component, image, kind) =>
    expect(judge({ image: writer }, reader(component, image)).kind).toBe(kind),
  );

  it('is known from the file where the image does not tell it', () => {
    const verdict = judge({ image: 'my/git:20', component: 'gitea' }, reader('forgejo', 'my/forgejo:15'));
    expect(verdict).toMatchObject({ kind: 'refused', reason: expect.stringContaining('the data of Gitea') });
  });

  it('is told with what to do', () => {
    const verdict = judge({ image: 'gitea/gitea:1.27.3' }, reader('forgejo', 'codeberg.org/forgejo/forgejo:15'));
    expect(verdict.kind === 'refused' ? verdict.steps.join(' ') : '').toContain('back it up with `autogit backup run`');
  });
});

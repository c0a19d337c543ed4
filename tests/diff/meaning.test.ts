import { describe, expect, it } from 'vitest';
import { compare } from '../../compiler/diff.ts';
import { catalog } from '../../library/catalog.ts';
import { compiled, difference, meaning, textOf } from './meaning.ts';

const web = (rest: string) => `services:\n  web: { image: "nginx:1.29", port: 80${rest} }\n`;

describe('what a change does to what runs', () => {
  it('is nothing when the file says the same in another way', async () => {
    const { changes, files } = await difference(web(', host: web'), `# a comment\n${web(', host: "web"')}`);
    expect({ changes, files }).toEqual({ changes: [], files: [] });
  });

  it('replaces a container without data with no time without service', async () => {
    expect(await meaning(web(''), web('').replace('1.29', '1.30'))).toBe(
      [
        'changed service web: image 1.29 → 1.30 [restart]',
        '  container is replaced, the new one first: no time without service',
      ].join('\n'),
    );
  });

  it('stops the old one first where a volume is written, says for how long, and keeps the volume', async () => {
    const wiki = (tag: string) =>
      `services:\n  wiki: { image: "requarks/wiki:${tag}", port: 3000, volumes: { data: /data }, health: { http: / } }\n`;
    expect(await meaning(wiki('2.1'), wiki('2.3'))).toBe(
      [
        'changed service wiki: image 2.1 → 2.3 [downtime]',
        '  container is replaced, about 40 s without service, up to 2 min 55 s',
        '  wiki-data kept',
      ].join('\n'),
    );
  });

  it('leaves what runs alone when only a need has another condition', async () => {
    const file = (needs: string) =>
      `services:\n  a: { image: "a:1", port: 80, needs: ${needs} }\n  b: { image: "b:1", port: 81, health: { http: / } }\n`;
    expect(await meaning(file('[b]'), file('{ b: started }'))).toBe(
      'changed service a: waits for changed []\n  what runs is left as it is',
    );
  });

  it('says that a job runs again', async () => {
    const job = (tag: string) => `services:\n  once: { image: "tool:${tag}", schedule: once }\n`;
    expect(await meaning(job('1'), job('2'))).toContain('the job runs again');
  });

  it('names the settings that changed, and no values of variables', async () => {
    const text = await meaning(
      web(', environment: { A: former, B: two }, limits: { memory: 64Mi }'),
      web(', environment: { A: latter, C: third }, limits: { memory: 128Mi }'),
    );
    expect(text).toContain('variable A changed, variable B removed, variable C added, memory 64Mi → 128Mi');
    expect(text).not.toMatch(/former|latter|third/);
  });

  it('tells that the ingress is away when a route is added', async () => {
    const text = await meaning(
      web(', host: web'),
      `${web(', host: web')}  wiki: { image: "w:1", port: 3000, host: wiki }\n`,
    );
    expect(text).toContain(
      'added route wiki.home.lan: leads to wiki:3000 [exposed]\n  served to everybody who reaches the ingress',
    );
    expect(text).toContain('  every route is away meanwhile');
    expect(text).toContain('added link ingress → wiki:3000/tcp:  [opened]');
  });

  it('adds everything where there was no platform yet', async () => {
    const after = await compiled(web(', host: web'));
    const { changes, files } = await compare({ before: { kind: 'none' }, after, catalog });
    expect(changes.filter(({ what }) => what !== 'added')).toEqual([]);
    expect(files.every(({ what }) => what === 'added')).toBe(true);
  });

  it('tells what containers do from rendered files alone', async () => {
    const before = await compiled(web(''));
    const files = new Map(before.rendered.manifests.map(({ path, text }) => [path, text]));
    const after = await compiled(web('').replace('1.29', '1.30'));
    expect(textOf(await compare({ before: { kind: 'files', files }, after, catalog }))).toBe(
      'changed service web: image 1.29 → 1.30 [restart]\n  container is replaced, the new one first: no time without service',
    );
  });

  it('is nothing when rendered files are what would be rendered, and only what differs otherwise', async () => {
    for (const target of ['compose', 'kubernetes'] as const) {
      const two = `${web(', host: web')}  api: { image: "nginx:1.29", port: 80 }\n`;
      const after = await compiled(two, target);
      const files = new Map(after.rendered.manifests.map(({ path, text }) => [path, text]));
      const same = await compare({ before: { kind: 'files', files }, after, catalog });
      expect(same).toEqual({ changes: [], files: [] });
      const next = await compiled(two.replace('api: { image: "nginx:1.29"', 'api: { image: "nginx:1.30"'), target);
      const { changes } = await compare({ before: { kind: 'files', files }, after: next, catalog });
      expect(changes.map(({ what, id }) => `${what} ${id}`)).toEqual(['changed api']);
    }
  });

  it('is no new service when rendered files lack one object of it', async () => {
    const after = await compiled(web(', host: web'), 'kubernetes');
    const lost = 'kubernetes/web/networkpolicy-home-web.yaml';
    const all = after.rendered.manifests.map(({ path, text }) => [path, text] as const);
    expect(all.map(([path]) => path)).toContain(lost);
    const files = new Map(all.filter(([path]) => path !== lost));
    const { changes } = await compare({ before: { kind: 'files', files }, after, catalog });
    expect(changes.filter(({ what }) => what === 'added')).toEqual([]);
  });
});

describe('data', () => {
  const data = (id: string) => `services:\n  ${id}: { image: "w:1", port: 3000, volumes: { data: /data } }\n`;

  it('stays when its service goes, and a renamed service does not find it', async () => {
    const text = await meaning(data('wiki'), data('docs'));
    expect(text).toContain('removed volume wiki-data:  [data]\n  nothing uses it any more; it stays on its host');
    expect(text).toContain('the data of wiki-data is not taken along');
    expect(text).toContain('by hand: if docs is wiki under another name, copy volume wiki-data before it starts');
  });

  it('does not move with a service to another host', async () => {
    const hosts = (host: string) =>
      `hosts:\n  a: { engine: "unix:///var/run/docker.sock" }\n  b: { engine: "unix:///run/other.sock" }\nservices:\n  wiki: { image: "w:1", port: 3000, volumes: { data: /data }, placement: ${host} }\n`;
    const text = await meaning(hosts('a'), hosts('b'));
    expect(text).toContain('changed volume wiki-data: host a → b [data]');
    expect(text).toContain('moves from host a to b');
  });

  it('is behind another name once the platform is renamed, which is told once', async () => {
    const [before, after] = [
      await compiled(data('wiki')),
      await compiled(data('wiki'), 'compose', 'name: house\ndomain: home.lan\n'),
    ];
    const { changes } = await compare({ before, after, catalog });
    expect(changes[0]).toMatchObject({
      kind: 'platform',
      details: ['name home → house'],
      risks: ['data', 'by-hand', 'downtime'],
    });
    expect(changes.filter(({ kind }) => kind === 'service')).toEqual([]);
  });
});

describe('upgrades', () => {
  const database = (image: string) =>
    `database: { use: postgres, image: "${image}" }\nservices:\n  app: { image: "a:1", port: 80, needs: [database] }\n`;

  it('refuses another major version of PostgreSQL, with the way that is open', async () => {
    const text = await meaning(database('postgres:16.10'), database('postgres:17.11'));
    expect(text).toContain('changed service database: image 16.10 → 17.11 [refused data downtime]');
    expect(text).toContain('PostgreSQL 17 does not read the data of PostgreSQL 16 and would not start');
    expect(text).toContain('by hand: `autogit backup run` takes a dump');
    expect(text).toContain('image: "postgres:17.11", volume: data-17 }`');
    expect(text).toContain('by hand: `autogit backup restore database`');
    expect(text).toContain('changed service database-roles: image 16.10 → 17.11 [restart]');
  });

  it('tells of a database in another volume that the data stay in the old one', async () => {
    const moved = database('postgres:17.11').replace('"postgres:17.11" }', '"postgres:17.11", volume: data-17 }');
    const text = await meaning(database('postgres:16.10'), moved);
    expect(text).not.toContain('refused');
    expect(text).toContain('begins with an empty volume: what it has in database-data stays there');
    expect(text).toContain('by hand: bring back into database-data-17 what it needs, from a backup');
  });

  it('takes a minor version as it is', async () => {
    const text = await meaning(database('postgres:17.10'), database('postgres:17.11'));
    expect(text).toContain('changed service database: image 17.10 → 17.11 [downtime]');
  });

  it.each(['forgejo', 'gitea'])('refuses an older %s', async (use) => {
    const forge = (tag: string) => `forge: { use: ${use}, image: "${use}/${use}:${tag}" }\n`;
    expect(await meaning(forge('11.0.3'), forge('11.0.1'))).toContain(
      'version 11.0.1 does not start on the database of 11.0.3',
    );
    expect(await meaning(forge('11.0.1'), forge('11.0.3'))).not.toContain('refused');
    expect(await meaning(forge('11.0.1'), forge('12.0.0'))).toContain('cannot go back: back it up before');
  });

  it('says that a forge which gets a database begins with an empty one', async () => {
    const [alone, beside] = ['forge: gitea\n', 'forge: gitea\ndatabase: postgres\n'];
    expect(await meaning(alone, beside)).toContain('empty database: what it has in its volume stays there');
    expect(await meaning(beside, alone)).toContain('empty database: what it has in database stays there');
    const same = 'forge: { use: gitea, database: sqlite }\ndatabase: postgres\n';
    expect(await meaning(alone, same)).not.toContain('empty database');
  });

  it('refuses the data of one forge to the other, unless the file says why', async () => {
    const text = await meaning('forge: gitea\n', 'forge: forgejo\n');
    expect(text).toContain('[refused data downtime]');
    expect(text).toContain('Forgejo would start on the data of Gitea in the same volume');
    const accepted = await meaning('forge: gitea\n', 'forge: forgejo\naccept: { AG611: "it is empty" }\n');
    expect(accepted).toContain('done all the same: it is empty');
    expect(accepted).not.toContain('refused');
  });

  it.each(['compose', 'kubernetes'] as const)('knows the rule of rendered %s files, too', async (target) => {
    const forge = (tag: string) => compiled(`forge: { use: gitlab, image: "gitlab/gitlab-ce:${tag}-ce.0" }\n`, target);
    const [before, after] = [await forge('18.11.4'), await forge('19.5.3')];
    const files = new Map(before.rendered.manifests.map(({ path, text }) => [path, text]));
    const text = textOf(await compare({ before: { kind: 'files', files }, after, catalog }));
    expect(text).toContain('[refused data downtime]');
    if (target === 'compose') expect(text).toContain('image 18.11.4-ce.0 → 19.5.3-ce.0');
    expect(text).toContain('GitLab 19.5.3 refuses to start on the data of 18.11.4: 19.2 lies between');
  });
});

describe('what is reachable and who may what', () => {
  it('calls a port public that was open on the host alone', async () => {
    const port = (address: string) =>
      `services:\n  db: { image: "d:1", ports: { sql: { port: 5432, publish: ${address} } } }\n`;
    const text = await meaning(port('{ port: 5432, address: 127.0.0.1 }'), port('5432'));
    expect(text).toContain('[exposed]');
    expect(text).toContain('it was open on the host alone');
    expect(await meaning(port('5432'), port('{ port: 5432, address: 127.0.0.1 }'))).not.toContain('exposed');
  });

  it('tells when a route can be opened without signing on', async () => {
    const now = await compiled(web(', host: web'));
    const guarded = now.platform.routes.map((route) => ({
      ...route,
      protect: { by: 'sso', groups: ['staff'], open: [] } as const,
    }));
    const before = { ...now, platform: { ...now.platform, routes: guarded } };
    expect(textOf(await compare({ before, after: now, catalog }))).toBe(
      [
        'changed route web.home.lan: served to signed-on users of staff → everybody who reaches the ingress [exposed]',
        '  can be opened without signing on now',
      ].join('\n'),
    );
    expect(textOf(await compare({ before: now, after: before, catalog }))).not.toContain('exposed');
  });

  it('names new secrets with where they come from, and nothing of their values', async () => {
    const text = await meaning(
      web(''),
      `${web(', environment: { A_FILE: { secret: key } }')}secrets: { key: { env: WEB_KEY } }\n`,
    );
    expect(text).toContain(
      'added secret key: variable WEB_KEY [by-hand]\n  by hand: set variable WEB_KEY for the reconciler',
    );
  });

  it('tells what a service may do now that it could not do before', async () => {
    const text = await meaning(web(', user: "1000:1000"'), web(', user: "0:0", capabilities: [NET_ADMIN]'));
    expect(text).toContain('now runs as root, now has capability NET_ADMIN');
    expect(text).toContain('less-secure');
  });

  it('calls the Internet a way that is opened', async () => {
    const text = await meaning(web(''), web(', internet: true'));
    expect(text).toContain('now may open connections to the Internet [opened restart]');
  });

  it('says when jobs of a label have no pool any more', async () => {
    const text = await meaning(
      'forge: gitea\nrunners: { linux: { labels: [docker, large] } }\n',
      'forge: gitea\nrunners: { linux: { labels: [docker] } }\n',
    );
    expect(text).toContain('no pool takes jobs for large any more; they wait');
  });
});

describe('Kubernetes', () => {
  const wiki = (rest: string) =>
    `services:\n  wiki: { image: "w:1", port: 3000, volumes: { data: { path: /data${rest} } } }\n`;

  it('says how the claims of a StatefulSet grow, which cannot be changed in place', async () => {
    const text = await meaning(wiki(', size: 5Gi'), wiki(', size: 10Gi'), 'kubernetes');
    expect(text).toContain('volumeClaimTemplates of a StatefulSet cannot be changed');
    expect(text).toMatch(/by hand: kubectl --namespace home patch pvc \S+-home-wiki-0 -p '.*"storage":"10Gi".*'/);
    expect(text).toContain('by hand: kubectl --namespace home delete statefulset home-wiki --cascade=orphan');
    expect(text).not.toContain('pod is replaced');
  });

  it('says that a claim cannot become smaller', async () => {
    expect(await meaning(wiki(', size: 10Gi'), wiki(', size: 5Gi'), 'kubernetes')).toMatch(
      /claim \S+-home-wiki-0 cannot become smaller \(10Gi → 5Gi\)/,
    );
  });

  it('says that a Deployment cannot become a StatefulSet in place', async () => {
    const text = await meaning(web(''), web(', volumes: { data: /data }'), 'kubernetes');
    expect(text).toContain('a Deployment becomes a StatefulSet; both would run side by side');
    expect(text).toContain('by hand: kubectl --namespace home delete deployment home-web');
  });

  it('replaces pods one after the other when there are several', async () => {
    expect(await meaning(web(', replicas: 2'), web(', replicas: 2').replace('1.29', '1.30'), 'kubernetes')).toContain(
      'copies are replaced one after the other: no time without service',
    );
  });

  it('changes the number of copies while they run', async () => {
    const text = await meaning(web(', replicas: 2'), web(', replicas: 3'), 'kubernetes');
    expect(text).toContain('copies 2 → 3');
    expect(text).toContain('changed while it runs');
  });

  it('says what becomes of the GPUs of the cluster, and of the names of hosts', async () => {
    const cluster = (settings: string) => `${web('')}cluster: ${settings}\n`;
    const added = await meaning(web(''), cluster('{ gpus: { amd: {} }, externalDns: load-balancer }'), 'kubernetes');
    expect(added).toContain('GPUs of amd in the cluster: nothing said → plugin rocm/k8s-device-plugin:');
    expect(added).toContain('lets pods mount folders of their node');
    expect(added).toContain('external-dns leads hosts to what it finds → load-balancer');
    const shared = await meaning(
      cluster('{ gpus: { intel: { plugin: false } } }'),
      cluster('{ gpus: { intel: { plugin: false, share: 2, driver: xe } } }'),
      'kubernetes',
    );
    expect(shared).toContain('plugin of the cluster, driver i915 → plugin of the cluster, shared by 2, driver xe');
  });

  it('names what the strictest Pod Security level forbids', async () => {
    const text = await meaning(web(', user: "1000:1000"'), web(', user: "0:0"'), 'kubernetes');
    expect(text).toContain('which the Pod Security level restricted forbids');
  });

  it('names the Secrets that have to be there', async () => {
    const text = await meaning(
      '',
      `${web(', environment: { A_FILE: { secret: key } }')}secrets: { key: { generate: {} } }\n`,
      'kubernetes',
    );
    expect(text).toContain('by hand: Secret home-key with key value has to be in namespace home');
  });
});

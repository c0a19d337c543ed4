import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { target } from '../../compiler/compose/target.ts';
import type { ComposeProject } from '../../compiler/model/compose-project.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { machineFile } from './machine-file.ts';
import { home, link, platform, workload } from './platforms.ts';

async function projectOf(given: Platform): Promise<ComposeProject> {
  const { projects } = await target.render(given);
  expect(projects).toHaveLength(1);
  return projects?.[0] as ComposeProject;
}

const codesOf = async (given: Platform) =>
  (await target.render(given)).findings.map(({ code, pointer }) => `${code} ${pointer}`);

describe('every service', () => {
  it('drops all rights, has limits, and comes back after a crash', async () => {
    const { services } = (await projectOf(home())).model;
    for (const service of Object.values(services)) {
      expect(service).toMatchObject({
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        restart: 'unless-stopped',
        init: true,
        deploy: { resources: { limits: { cpus: '1', memory: '512m', pids: 4096 } } },
      });
    }
  });

  it('never sets a label that belongs to Compose', async () => {
    const { manifests } = await target.render(home());
    for (const { text } of manifests) expect(text).not.toContain('com.docker.compose');
  });
});

describe('folders in memory', () => {
  it('belong to the user of the container, unless they are everybody’s in every image', async () => {
    const mounts = ['/tmp', '/run/app'].map((path) => ({ kind: 'tmpfs', path }) as const);
    const user = { uid: 1000, gid: 1001 };
    const web = (await projectOf(platform({ workloads: [workload('web', { mounts, user })] }))).model.services.web;
    expect(web?.tmpfs).toEqual(['/run/app:mode=1777,uid=1000,gid=1001', '/tmp:mode=1777']);
    const rootless = platform({ workloads: [workload('web', { mounts })] });
    expect((await projectOf(rootless)).model.services.web?.tmpfs).toEqual(['/run/app:mode=1777', '/tmp:mode=1777']);
  });
});

describe('networks', () => {
  it('are one per link, internal, with the names that the callee answers to', async () => {
    const { services, networks } = (await projectOf(home())).model;
    expect(networks['forge-database']).toMatchObject({ name: 'home-forge-database', internal: true });
    expect(services.database?.networks).toEqual({ 'forge-database': { aliases: ['database', 'home-database'] } });
    expect(Object.keys(services.wiki?.networks ?? {})).toEqual(['ingress-wiki', 'wiki-outside']);
  });

  it('open a way out only for a published port or the Internet', async () => {
    const { networks } = (await projectOf(home())).model;
    const open = Object.entries(networks).filter(([, network]) => network.internal !== true);
    expect(open.map(([key]) => key)).toEqual(['forge-outside', 'ingress-outside', 'wiki-outside']);
  });

  it('give a service that talks to nobody one of its own, so that Compose adds no shared one', async () => {
    const { services, networks } = (await projectOf(platform({ workloads: [workload('lonely')] }))).model;
    expect(services.lonely?.networks).toEqual({ 'lonely-alone': { aliases: [] } });
    expect(networks['lonely-alone']?.internal).toBe(true);
  });
});

describe('health checks', () => {
  const health = (test: NonNullable<ReturnType<typeof workload>['health']>['test']) => ({
    test,
    intervalMs: 10_000,
    timeoutMs: 2500,
    retries: 3,
    startMs: 90_000,
  });
  it.each([
    [{ kind: 'http', port: 80, path: '/a?b=$c' } as const, 'wget -q -T 3 -O /dev/null http://127.0.0.1:80/a?b=$c'],
    [
      { kind: 'http', port: 80, path: '/', client: 'curl' } as const,
      'curl -fsS -o /dev/null -m 3 http://127.0.0.1:80/',
    ],
    [{ kind: 'tcp', port: 5432 } as const, 'grep -qsE :1538 0+:0000 0A  /proc/net/tcp /proc/net/tcp6'],
    [{ kind: 'exec', command: ['pg_isready', '-U', 'a b'] } as const, 'pg_isready -U a b'],
  ])('of %j run without a shell: %s', async (test, command) => {
    const { services } = (await projectOf(platform({ workloads: [workload('web', { health: health(test) })] }))).model;
    const check = services.web?.healthcheck;
    expect(check?.test[0]).toBe('CMD');
    expect(check?.test.slice(1).join(' ')).toBe(command);
    expect(check).toMatchObject({ interval: '10s', timeout: '2s500ms', retries: 3, start_period: '1m30s' });
  });
});

describe('config files', () => {
  it('lie beside the compose file, and their content is part of the service', async () => {
    const before = await projectOf(home());
    expect(before.files['./configs/forge/app.ini']).toContain('APP_NAME = home');
    const changed = home();
    const configs = changed.configs.map((config) => (config.id === 'forge-app' ? { ...config, text: 'x' } : config));
    const after = await projectOf({ ...changed, configs });
    const digest = ({ model }: ComposeProject, service: string) =>
      model.services[service]?.labels['autogit.dev/config-digest'];
    expect(digest(after, 'forge')).not.toBe(digest(before, 'forge'));
    expect(digest(after, 'ingress')).toBe(digest(before, 'ingress'));
    expect(digest(after, 'wiki')).toBeUndefined();
  });
});

describe('secrets', () => {
  it('are files that a `_FILE` variable names, mounted even when nothing else says so', async () => {
    const { services, secrets } = (await projectOf(home())).model;
    expect(services.wiki?.environment).toEqual({ TOKEN_FILE: '/run/secrets/wiki-token' });
    expect(services.wiki?.secrets).toEqual([{ source: 'wiki-token', target: '/run/secrets/wiki-token' }]);
    expect(secrets['wiki-token']).toEqual({ file: './secrets/wiki-token' });
  });

  it('in a variable are refused at their line, and rendered as a reference once that is accepted', async () => {
    const origin = '/services/api/environment/KEY';
    const environment = [{ name: 'KEY', value: { kind: 'secret' as const, secret: 'api-key' }, origin }];
    const given = platform({ workloads: [workload('api', { environment })] });
    expect(await codesOf(given)).toEqual([`AG501 ${origin}`]);
    const accepted = { ...given, accept: { AG501: 'the image reads no file' } };
    expect(await codesOf(accepted)).toEqual([]);
    const text = (await target.render(accepted)).manifests[0]?.text;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Compose.
    expect(text).toContain('KEY: "${AUTOGIT_SECRET_API_KEY:?secret api-key is not set}"');
  });

  it('cannot be reached by writing the reference as text', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Compose.
    const text = '${AUTOGIT_SECRET_API_KEY:?secret api-key is not set}';
    const environment = [{ name: 'KEY', value: { kind: 'text' as const, text }, origin: '' }];
    const { manifests } = await target.render(platform({ workloads: [workload('api', { environment })] }));
    expect(manifests[0]?.text).toContain(`KEY: "$${text}"`);
  });
});

describe('what Compose cannot say', () => {
  const hosts = [
    {
      id: 'one',
      origin: '/hosts/one',
      engine: { kind: 'docker' as const, url: 'unix:///var/run/docker.sock' },
      arch: 'amd64' as const,
      gpus: [],
    },
    {
      id: 'two',
      origin: '/hosts/two',
      engine: { kind: 'docker' as const, url: 'ssh://ops@two' },
      arch: 'amd64' as const,
      gpus: [],
    },
    { id: 'mac', origin: '/hosts/mac', engine: { kind: 'process' as const }, arch: 'amd64' as const, gpus: [] },
  ];

  it('a link across hosts: one finding, one project per host, no start order across', async () => {
    const web = workload('web', {
      host: 'one',
      needs: [{ workload: 'api', condition: 'healthy', origin: '/services/web/needs/0' }],
    });
    const given = platform({
      hosts,
      workloads: [workload('api', { host: 'two' }), web],
      links: [link('web', 'api', 80), link('web', 'api', 81)],
    });
    expect(await codesOf(given)).toEqual(['AG502 /services/web/needs']);
    const { projects } = await target.render(given);
    expect(projects?.map(({ host }) => host)).toEqual(['one', 'two']);
    expect(projects?.[0]?.model.services.web?.depends_on).toBeUndefined();
  });

  it('a container on a host without an engine', async () => {
    const given = platform({ hosts, workloads: [workload('web', { host: 'mac' })] });
    expect(await codesOf(given)).toEqual(['AG503 /services/web']);
  });

  it.each([
    ['two links', ['a', 'a-b', 'b-c', 'c'], [link('a', 'b-c', 1), link('a-b', 'c', 1)], 'AG504 /services/a-b/needs'],
    ['a link and a way out', ['web', 'outside'], [link('web', 'outside', 1)], 'AG504 /services/web/needs'],
  ])('%s that would share a network', async (_, ids, links, expected) => {
    const workloads = ids.map((id) => workload(id, { internet: id === 'web' }));
    expect(await codesOf(platform({ workloads, links }))).toEqual([expected]);
  });
});

it('needs a health check for `service_healthy`, else waits for the start', async () => {
  const needs = [{ workload: 'api', condition: 'healthy' as const, origin: '' }];
  const given = platform({ workloads: [workload('api'), workload('web', { needs })], links: [link('web', 'api', 80)] });
  expect((await projectOf(given)).model.services.web?.depends_on).toEqual({ api: { condition: 'service_started' } });
});

it('renders every field of a service, on each host, as it is written down here', async () => {
  const { rendered, diagnostics } = await compile({
    file: 'autogit.yaml',
    bytes: new TextEncoder().encode(machineFile),
    catalog,
    targets,
    target: 'compose',
  });
  expect(diagnostics).toEqual([]);
  const text = rendered?.manifests
    .filter(({ kind }) => kind === 'compose')
    .map((each) => `# ${each.path}\n${each.text}`);
  await expect(text?.join('\n')).toMatchFileSnapshot('machine.compose.yaml');
});

describe('GPUs', () => {
  const gpu = (vendor: 'nvidia' | 'amd' | 'intel', count: number) => ({ origin: '/gpu', vendor, count });
  const onHost = (gpus: Platform['hosts'][number]['gpus']) => platform().hosts.map((host) => ({ ...host, gpus }));

  it('are dealt out so that no two containers get the same one', async () => {
    const workloads = [
      workload('a', { gpu: gpu('nvidia', 2) }),
      workload('b'),
      workload('c', { gpu: gpu('nvidia', 1) }),
    ];
    const given = platform({ workloads, hosts: onHost([{ vendor: 'nvidia', mode: 'exclusive', count: 4 }]) });
    const { services } = (await projectOf(given)).model;
    const ids = Object.values(services).map(({ deploy }) =>
      deploy.resources.reservations?.devices.map((device) => device.device_ids),
    );
    expect(ids).toEqual([[['0', '1']], undefined, [['2']]]);
  });

  it('that are shared are asked for by their number', async () => {
    const workloads = [workload('a', { gpu: gpu('nvidia', 1) }), workload('b', { gpu: gpu('amd', 1) })];
    const hosts = onHost([
      { vendor: 'amd', mode: 'shared', count: 1 },
      { vendor: 'nvidia', mode: 'shared', count: 1 },
    ]);
    const given = platform({ workloads, hosts });
    const { services } = (await projectOf(given)).model;
    expect(services.a?.deploy.resources.reservations?.devices).toEqual([
      { driver: 'nvidia', count: 1, capabilities: ['gpu'] },
    ]);
    expect(services.b?.devices).toEqual(['/dev/dri:/dev/dri', '/dev/kfd:/dev/kfd']);
    expect(await codesOf(given)).toEqual([]);
  });

  it('of two vendors cannot be told apart by their nodes, unless that is accepted', async () => {
    const workloads = [workload('a', { gpu: gpu('intel', 1) })];
    const hosts = onHost([
      { vendor: 'amd', mode: 'exclusive', count: 1 },
      { vendor: 'intel', mode: 'exclusive', count: 1 },
    ]);
    const given = platform({ workloads, hosts });
    expect(await codesOf(given)).toEqual(['AG555 /gpu']);
    expect((await projectOf(given)).model.services.a?.devices).toEqual(['/dev/dri:/dev/dri']);
  });
});

it('renders nothing for runner pools and hosts without services', async () => {
  expect(await target.render(platform())).toEqual({ manifests: [], findings: [], projects: [] });
});

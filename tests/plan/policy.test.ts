import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { strictPolicy } from '../../reconciler/model/policy.ts';
import { parsePolicy, readPolicy } from '../../reconciler/observe/policy-file.ts';
import { desire } from '../../reconciler/plan/desire.ts';
import { fullImageName, policyViolations } from '../../reconciler/plan/policy.ts';
import { compileOnce } from '../fakes/platform-compiler.ts';

const file = `name: home
domain: home.lan
forge: gitea
hosts: { local: unix:///var/run/docker.sock, mac: { engine: process } }
secrets: { pin: { file: /home/ana/pin }, key: { env: KEY } }
services:
  web:
    image: ghcr.io/ana/web:1
    ports: { main: { port: 80, publish: { port: 8080, address: 10.0.0.5 } } }
    capabilities: [NET_ADMIN]
    limits: { memory: 4Gi }
    secrets: [pin, key]
    placement: local
runners:
  linux: { labels: [docker], size: { max: 50 }, hosts: [local] }
`;

async function violations(policy: typeof strictPolicy, text = file) {
  return (await found(policy, text)).map(({ finding }) => `${finding.pointer} ${finding.message}`);
}

async function found(policy: typeof strictPolicy, text: string) {
  const { platform, projects, diagnostics } = await compileOnce({
    file: 'autogit.yaml',
    bytes: new TextEncoder().encode(text),
  });
  if (platform === undefined) throw new Error(JSON.stringify(diagnostics));
  return policyViolations(desire({ revision: 'r', platform, projects, fingerprints: {} }), policy);
}

describe('the policy of the machine', () => {
  it('refuses by default what would make a commit root on the host', async () => {
    expect(await violations(strictPolicy)).toEqual([
      '/services/web capability NET_ADMIN of service web is not allowed by the policy',
      '/services/web service web may not publish on address 10.0.0.5 by the policy',
      '/hosts/mac host mac starts programs on this machine, which the policy does not allow',
      '/runners/linux pool linux asks for 50 runners, the policy allows 20',
      '/secrets/pin secret pin reads /home/ana/pin, which is in no folder that the policy allows (/etc/autogit/, /run/secrets/, /run/credentials/)',
    ]);
  });

  it('names, for whatever it refuses, the line of the policy file that would allow it', async () => {
    const lines = new Map<string, string>([
      ['registries', 'registries: [docker.io/library/]'],
      ['ports', 'ports: [80-443]'],
      ['secretVariables', 'secretVariables: []'],
      ['memoryBytesMax', 'memoryBytesMax: 1073741824'],
    ]);
    const asked: string[] = [];
    for (let round = 0; round < 30; round++) {
      const policy = parsePolicy([...lines.values()].join('\n'), 'policy.yaml');
      if (!policy.ok) throw new Error(policy.failure.detail);
      const [first] = await found(policy.value, file);
      if (first === undefined) break;
      const line = first.finding.hint?.split('of the policy file: ')[1] ?? '';
      asked.push(line);
      lines.set(line.split(':')[0] ?? '', line);
    }
    expect(asked.map((line) => line.split(':')[0]).sort()).toEqual([
      'addresses',
      'capabilities',
      'memoryBytesMax',
      'poolMax',
      'ports',
      'processPrograms',
      'registries',
      'secretFolders',
      'secretVariables',
    ]);
  });

  it('names one line for all that the file asks of a key, so that nothing has to be put together', async () => {
    const asks = `name: home
domain: home.lan
services:
  vpn: { image: "vpn:1", capabilities: [NET_ADMIN, NET_RAW], limits: { memory: 32Gi } }
  clock: { image: "clock:1", capabilities: [SYS_TIME], limits: { memory: 20Gi } }
`;
    const policy = { ...strictPolicy, capabilities: ['CHOWN'] };
    const lines = (await found(policy, asks)).map(({ finding }) => finding.hint?.split(': ').slice(1).join(': '));
    expect([...new Set(lines)].sort()).toEqual([
      'capabilities: [CHOWN, SYS_TIME, NET_ADMIN, NET_RAW]',
      'memoryBytesMax: 34359738368',
    ]);
    expect(lines).toHaveLength(5);
  });

  it('takes an entry of registries for that registry or image alone, not for what begins alike', async () => {
    const refused = async (image: string, entry: string) =>
      (
        await violations(
          { ...strictPolicy, registries: [entry] },
          `name: home\ndomain: home.lan\nservices: { web: { image: "${image}" } }\n`,
        )
      ).length > 0;
    expect(await refused('nginx:1', 'docker.io')).toBe(false);
    expect(await refused('docker.io.example.net/nginx:1', 'docker.io')).toBe(true);
    expect(await refused('ghcr.io/ana/web:1', 'ghcr.io/ana/web')).toBe(false);
    expect(await refused('ghcr.io/ana/web-of-others:1', 'ghcr.io/ana/web')).toBe(true);
    expect(await refused('ghcr.io/ana/web-of-others:1', 'ghcr.io/ana/web*')).toBe(false);
    expect(await refused('ghcr.io/ana/web:1', 'ghcr.io/ana/')).toBe(false);
  });

  it('gives nothing of the host itself, and names the line that would', async () => {
    const asks = `name: home
domain: home.lan
hosts: { local: { engine: "unix:///var/run/docker.sock", gpus: { amd: exclusive } } }
services:
  media:
    image: media:1
    volumes: { films: { path: /films, hostPath: /srv/films }, old: { path: /old, external: legacy } }
    devices: [/dev/ttyUSB0]
    gpu: amd
  discovery: { image: "discovery:1", hostNetwork: true }
`;
    const said = [
      '/services/discovery service discovery is on the network of the host, which the policy does not allow',
      '/services/media service media mounts the host folder /srv/films, which the policy does not allow',
      '/services/media service media mounts the volume legacy, which is not its own and which the policy does not allow',
      '/services/media service media uses the device /dev/ttyUSB0, which the policy does not allow',
    ];
    expect(await violations(strictPolicy, asks)).toEqual(said);
    const lines = (await found(strictPolicy, asks)).map(({ finding }) => finding.hint?.split(': ').slice(1).join(': '));
    expect(lines).toEqual([
      'hostNetwork: true',
      'hostFolders: [/srv/films/]',
      'externalVolumes: [legacy]',
      "devices: [/dev/kfd, /dev/dri, '/dev/dri/renderD*', /dev/ttyUSB0]",
    ]);
    const allowed = parsePolicy(lines.join('\n'), 'policy.yaml');
    if (!allowed.ok) throw new Error(allowed.failure.detail);
    expect(await violations(allowed.value, asks)).toEqual([]);
    expect(await violations({ ...allowed.value, hostFolders: ['/srv/film/'] }, asks)).toEqual([said[1]]);
  });

  it('judges what would be made, whatever brought it in', async () => {
    const { platform, projects } = await compileOnce({
      file: 'autogit.yaml',
      bytes: new TextEncoder().encode('name: home\ndomain: home.lan\nservices: { web: { image: a/web:1 } }\n'),
    });
    if (platform === undefined) throw new Error('the file is right');
    const desired = desire({ revision: 'r', platform, projects, fingerprints: {} });
    expect(policyViolations(desired, strictPolicy)).toEqual([]);
    const mounts = ['/srv/../etc', 'shop_db'].map((volume, at) => ({ volume, path: `/${at}`, readOnly: false }));
    const units = desired.units.map((unit) =>
      unit.kind === 'container'
        ? {
            ...unit,
            spec: {
              ...unit.spec,
              mounts,
              networks: { host: [] },
              memoryBytes: 0,
              devices: ['/dev/dri/renderD/../../sda'],
            },
          }
        : unit,
    );
    const policy = { ...strictPolicy, hostFolders: ['/srv/'], externalVolumes: ['*'] };
    expect(policyViolations({ ...desired, units }, policy).map(({ finding }) => finding.message)).toEqual([
      'service web asks for all memory, the policy allows 16384Mi',
      'service web mounts the host folder /srv/../etc, which the policy does not allow',
      'service web uses the device /dev/dri/renderD/../../sda, which the policy does not allow',
      'service web joins the network host, which is not of this platform',
      'service web mounts the volume shop_db, which is not of this platform',
    ]);
  });

  it('holds registries, ports, memory and secrets to its lists', async () => {
    const policy = {
      ...strictPolicy,
      registries: ['docker.io/'],
      ports: [{ from: 1, to: 1023 }],
      memoryBytesMax: 1024 ** 3,
      secretVariables: ['AUTOGIT_*'],
    };
    expect(await violations(policy)).toEqual(
      expect.arrayContaining([
        '/services/web image ghcr.io/ana/web:1 comes from ghcr.io, which the policy does not allow',
        '/services/web port 8080 of service web may not be published by the policy',
        '/services/web service web asks for 4096Mi of memory, the policy allows 1024Mi',
        '/runners/linux a runner of pool linux asks for 2048Mi of memory, the policy allows 1024Mi',
        '/secrets/key secret key reads the variable KEY, which the policy does not allow',
      ]),
    );
  });

  it('allows what its owner widens', async () => {
    const wide = {
      capabilities: ['NET_ADMIN'],
      addresses: ['10.0.0.5', '0.0.0.0'],
      processPrograms: ['/usr/bin/runner'],
      poolMax: 50,
      secretFolders: ['/home/ana/'],
    };
    expect(await violations({ ...strictPolicy, ...wide })).toEqual([]);
  });

  it("never hands AutoGit's own variables to a platform, whatever the policy allows", async () => {
    const of = async (secrets: string, service: string, forge = 'gitea') => {
      const text = `name: home\ndomain: home.lan\nforge: ${forge}\nsecrets: ${secrets}\nservices:\n  web: { image: a/web:1, port: 80, secrets: [${service}] }\n`;
      return violations({ ...strictPolicy, secretVariables: ['*', 'AUTOGIT_GIT_TOKEN'] }, text);
    };
    expect(await of('{ x: { env: AUTOGIT_GIT_TOKEN } }', 'x')).toEqual([
      '/secrets/x secret x reads the variable AUTOGIT_GIT_TOKEN, which belongs to AutoGit itself',
    ]);
    expect(await of('{ x: { env: AUTOGIT_GIT_TOKEN } }', '', '{ use: gitea, token: x }')).toEqual([
      '/secrets/x secret x reads the variable AUTOGIT_GIT_TOKEN, which belongs to AutoGit itself',
    ]);
    expect(await of('{ x: { env: AUTOGIT_FORGE_TOKEN } }', 'x')).toEqual([
      '/secrets/x secret x reads the variable AUTOGIT_FORGE_TOKEN, which is for the token of the forge only',
    ]);
    expect(await of('{ x: { env: AUTOGIT_FORGE_TOKEN } }', 'x', '{ use: gitea, token: x }')).toEqual([
      "/services/web service web uses secret x, which is AutoGit's own token for the forge",
    ]);
    expect(await of('{ x: { env: AUTOGIT_FORGE_TOKEN } }', '', '{ use: gitea, token: x }')).toEqual([]);
    expect(await of('{ x: { env: AUTOGIT_SECRET_X } }', 'x')).toEqual([]);
  });

  it('reads a short image name as Docker does', () => {
    expect(['nginx:1', 'gitea/gitea:1', 'ghcr.io/a/b', 'localhost/x', 'lan:5000/x'].map(fullImageName)).toEqual([
      'docker.io/library/nginx:1',
      'docker.io/gitea/gitea:1',
      'ghcr.io/a/b',
      'localhost/x',
      'lan:5000/x',
    ]);
  });
});

describe('the policy file', () => {
  async function written(text: string, mode = 0o644): Promise<string> {
    const path = join(await mkdtemp(join(tmpdir(), 'policy-')), 'policy.yaml');
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  }

  it('is the strict defaults when there is none', async () => {
    expect(await readPolicy('/nonexistent/policy.yaml')).toEqual({ ok: true, value: strictPolicy });
  });

  it('changes only the keys that it holds', async () => {
    const path = await written('registries: [ghcr.io/]\nports: [443, 8000-8999]\npruneMax: 1\n');
    expect(await readPolicy(path)).toEqual({
      ok: true,
      value: {
        ...strictPolicy,
        registries: ['ghcr.io/'],
        ports: [
          { from: 443, to: 443 },
          { from: 8000, to: 8999 },
        ],
        pruneMax: 1,
      },
    });
  });

  it('is refused when others can change it', async () => {
    const path = await written('pruneMax: 1\n', 0o666);
    expect(await readPolicy(path)).toMatchObject({
      ok: false,
      failure: { kind: 'unauthorized', detail: expect.stringContaining(`chmod go-w ${path}`) },
    });
  });

  it("is refused when it is not root's and we are root", async () => {
    if (process.getuid?.() !== 0) return;
    const { chown } = await import('node:fs/promises');
    const path = await written('pruneMax: 1\n');
    await chown(path, 12345, 12345);
    expect(await readPolicy(path, { uid: 0 })).toMatchObject({
      ok: false,
      failure: { detail: expect.stringContaining('does not belong to root') },
    });
  });

  it.each([
    ['pruneMaxx: 1', 'unknown key pruneMaxx'],
    ['ports: [99999]', 'ports in the policy p must be a list of ports'],
    ['secretFolders: [relative/]', 'secretFolders in the policy p must be a list of absolute paths'],
    ['secretFolders: [/etc/../root/]', 'secretFolders in the policy p must be'],
    ['capabilities: [CAP_NET_ADMIN]', 'a list of Linux capabilities as NET_ADMIN, without CAP_'],
    ['capabilities: [NET_ADMINS]', 'capabilities in the policy p must be'],
    ['pruneMax: -1', 'pruneMax in the policy p must be a whole number'],
    ['- a', 'must be a map of keys'],
    ['a: [', 'is no valid YAML'],
    ['pruneMax: 1\npruneMax: 2', 'is no valid YAML'],
  ])('is refused with %j', (text, message) => {
    expect(parsePolicy(text, 'p')).toMatchObject({ ok: false, failure: { detail: expect.stringContaining(message) } });
  });
});

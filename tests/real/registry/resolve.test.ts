/** What the registry client makes of a real registry, of logins, and of a world between them that fails or lies. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../cli/clock.ts';
import { createRegistry, type Registry, type RegistryOptions } from '../../../cli/registry/create-registry.ts';
import { openDockerConfig } from '../../../cli/registry/docker-config.ts';
import { available } from './available.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { type Pushed, pushImage, pushIndex } from './push-image.ts';
import { startRegistry, type TestRegistry } from './start-registry.ts';
import { makeCertificate, startTokenServer, type TokenServer } from './token-server.ts';

const here = await available();
const signal = new AbortController().signal;
const platform = (architecture: string, os = 'linux') => ({ platform: { os, architecture } });

let folder: string;
let open: Registry[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'autogit-logins-'));
});
afterEach(() => {
  for (const registry of open) registry.close();
  open = [];
  rmSync(folder, { recursive: true, force: true });
});

/** A client with the logins of a Docker configuration. */
function client(config: object = {}, options: Partial<RegistryOptions> = {}): Registry {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  const env = { PATH: `${folder}:${process.env.PATH}`, ...options.env };
  const logins = openDockerConfig({ path, env });
  const made = createRegistry({ logins, clock: systemClock, userAgent: 'autogit/test', ...options, env });
  open.push(made);
  return made;
}

const look = (registry: Registry, image: string) => registry.look(image, undefined, signal);
const basic = (login: string) => ({ auth: Buffer.from(login).toString('base64') });

describe.skipIf(!here.ok)('an open registry', () => {
  let registry: TestRegistry;
  let proxy: FaultyProxy;
  let images: Readonly<Record<'amd64' | 'arm64' | 'riscv64', Pushed>>;
  let index: Pushed;
  beforeAll(async () => {
    registry = await startRegistry();
    proxy = await startFaultyProxy(registry.host);
    const to = { base: `http://${registry.host}`, repository: 'home/wiki' };
    images = {
      amd64: await pushImage(to, { architecture: 'amd64' }),
      arm64: await pushImage(to, { architecture: 'arm64' }),
      riscv64: await pushImage(to, { architecture: 'riscv64', tag: 'single' }),
    };
    const windows = await pushImage(to, { architecture: 'amd64', os: 'windows' });
    const provenance = await pushImage(to, { architecture: 'amd64', salt: 'provenance' });
    index = await pushIndex(to, {
      tag: '2',
      entries: [
        { ...images.amd64, ...platform('amd64') },
        { ...images.arm64, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
        { ...images.riscv64, ...platform('riscv64') },
        { ...windows, ...platform('amd64', 'windows') },
        {
          ...provenance,
          ...platform('unknown', 'unknown'),
          annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
        },
      ],
    });
    await pushIndex(to, { tag: 'windows', entries: [{ ...windows, ...platform('amd64', 'windows') }] });
    await pushIndex(to, { tag: 'bare', entries: [images.amd64, { ...images.arm64, ...platform('arm64') }] });
    const docker = await pushImage(to, { architecture: 'amd64', form: 'docker', tag: 'docker-single' });
    await pushIndex(to, { tag: 'docker-list', form: 'docker', entries: [{ ...docker, ...platform('amd64') }] });
  }, 90_000);
  afterAll(async () => {
    await proxy?.stop();
    await registry?.stop();
  });

  const all = () => ({
    'linux/amd64': images.amd64.digest,
    'linux/arm64': images.arm64.digest,
    'linux/riscv64': images.riscv64.digest,
  });

  it('gives the digest of an index and of each of its Linux images, and no provenance', async () => {
    const expected = { ok: true, value: { kind: 'pinned', digest: index.digest, platforms: all() } };
    expect(await look(client(), `${registry.host}/home/wiki:2`)).toEqual(expected);
    expect(await look(client(), `${registry.host}/home/wiki@${index.digest}`)).toEqual(expected);
  });

  it('takes the architecture of a single image from its config', async () => {
    const { digest } = images.riscv64;
    expect(await look(client(), `${registry.host}/home/wiki:single`)).toEqual({
      ok: true,
      value: { kind: 'pinned', digest, platforms: { 'linux/riscv64': digest } },
    });
  });

  it("reads Docker's older list and image", async () => {
    const single = await look(client(), `${registry.host}/home/wiki:docker-single`);
    const list = await look(client(), `${registry.host}/home/wiki:docker-list`);
    const digest = single.ok ? single.value.digest : '';
    expect(single).toMatchObject({ ok: true, value: { platforms: { 'linux/amd64': digest } } });
    expect(list).toMatchObject({ ok: true, value: { platforms: { 'linux/amd64': digest } } });
  });

  it('looks into images that an index lists without a platform', async () => {
    const { 'linux/riscv64': _, ...two } = all();
    expect(await look(client(), `${registry.host}/home/wiki:bare`)).toMatchObject({
      ok: true,
      value: { platforms: two },
    });
  });

  it('names what is not there, and what is not for Linux', async () => {
    expect(await look(client(), `${registry.host}/home/wiki:9`)).toMatchObject({
      failure: {
        kind: 'not-found',
        detail: `${registry.host} has no tag 9 of home/wiki; check name and tag (manifest unknown)`,
      },
    });
    expect(await look(client(), `${registry.host}/home/wiki:windows`)).toMatchObject({
      failure: { kind: 'rejected', detail: expect.stringContaining('is not made for Linux but for windows/amd64') },
    });
    expect(await look(client(), '127.0.0.1:1/wiki:1')).toMatchObject({
      failure: { kind: 'unreachable', detail: 'nothing answers at 127.0.0.1:1; check port, network and proxy' },
    });
  });

  it('keeps what it knows as long as the tag has not moved, and reads no manifest for it', async () => {
    const image = `${proxy.host}/home/wiki:2`;
    proxy.faults = [];
    const known = { kind: 'pinned', digest: index.digest, platforms: { 'linux/amd64': images.amd64.digest } } as const;
    expect(await client().look(image, known, signal)).toEqual({ ok: true, value: known });
    expect(new Set(proxy.seen.map(({ line }) => line))).toEqual(new Set(['HEAD /v2/home/wiki/manifests/2']));
    expect(await client().digest(image, signal)).toEqual({ ok: true, value: index.digest });
  });

  describe('with something on the way', () => {
    const manifest = /^GET \/v2\/home\/wiki\/manifests\//;
    const image = () => `${proxy.host}/home/wiki:2`;

    it('refuses bytes that are not those of the digest: of an index, an image and a config', async () => {
      const change = { kind: 'change', from: 'linux', to: 'linuz' } as const;
      proxy.faults = [{ when: manifest, what: change }];
      const said = {
        kind: 'rejected',
        detail: expect.stringMatching(/sent other bytes for home\/wiki \(sha256:\w{12}\) than/),
      };
      expect(await look(client(), image())).toMatchObject({ ok: false, failure: said });
      proxy.faults = [
        { when: new RegExp(images.amd64.digest), what: { kind: 'change', from: 'layers', to: 'lairs!' } },
      ];
      expect(await look(client(), `${proxy.host}/home/wiki:bare`)).toMatchObject({ ok: false, failure: said });
      proxy.faults = [
        { when: /^GET \/v2\/home\/wiki\/blobs\//, what: { kind: 'change', from: 'riscv64', to: 'amd64!!' } },
      ];
      expect(await look(client(), `${proxy.host}/home/wiki:single`)).toMatchObject({ ok: false, failure: said });
    });

    it('waits as long as a busy registry asks, and goes on', async () => {
      proxy.faults = [
        { when: manifest, times: 1, what: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } } },
      ];
      const began = performance.now();
      expect(await look(client(), image())).toMatchObject({ ok: true });
      expect(performance.now() - began).toBeGreaterThan(950);
    });

    it('does not wait an hour, and says until when', async () => {
      proxy.faults = [{ when: manifest, what: { kind: 'answer', status: 429, headers: { 'retry-after': '3600' } } }];
      const before = Date.now();
      const answer = await look(client(), image());
      expect(answer).toMatchObject({
        failure: { kind: 'rate-limited', detail: expect.stringMatching(/allows no more requests for 3600 s; log in/) },
      });
      const untilMs = !answer.ok && answer.failure.kind === 'rate-limited' ? answer.failure.untilMs : 0;
      expect(untilMs).toBeGreaterThanOrEqual(before + 3_600_000);
    });

    it('tries a connection again that was cut, three times at most', async () => {
      proxy.faults = [{ when: manifest, times: 1, what: { kind: 'cut' } }];
      expect(await look(client(), image())).toMatchObject({ ok: true });
      proxy.faults = [{ when: manifest, what: { kind: 'cut' } }];
      expect(await look(client(), image())).toMatchObject({
        failure: { kind: 'unreachable', detail: expect.stringMatching(/ended early/) },
      });
      expect(proxy.seen.filter(({ line }) => manifest.test(line))).toHaveLength(3);
    }, 30_000);

    it('tries a server again that is in trouble', async () => {
      proxy.faults = [
        { when: manifest, times: 1, what: { kind: 'answer', status: 503, headers: { 'retry-after': '0' } } },
      ];
      expect(await look(client(), image())).toMatchObject({ ok: true });
      proxy.faults = [{ when: manifest, what: { kind: 'answer', status: 503, headers: { 'retry-after': '0' } } }];
      expect(await look(client(), image())).toMatchObject({
        failure: { kind: 'unreachable', detail: `${proxy.host} answers 503; try again later` },
      });
    });

    it('does not wait for ever, and does not read for ever', async () => {
      proxy.faults = [{ when: manifest, what: { kind: 'hang' } }];
      expect(await look(client({}, { timeoutMs: 1500 }), image())).toMatchObject({ failure: { kind: 'timeout' } });
      proxy.faults = [{ when: manifest, what: { kind: 'endless' } }];
      expect(await look(client(), image())).toMatchObject({
        failure: { kind: 'rejected', detail: `${proxy.host} answered with more than 4096 KiB; is it a registry?` },
      });
    }, 30_000);

    it('can be stopped', async () => {
      proxy.faults = [{ when: manifest, what: { kind: 'hang' } }];
      const stop = new AbortController();
      const asked = client().look(image(), undefined, stop.signal);
      setTimeout(() => stop.abort(), 200);
      expect(await asked).toMatchObject({ failure: { kind: 'cancelled' } });
    });
  });
});

describe.skipIf(!here.ok)('a registry with a password', () => {
  let registry: TestRegistry;
  const login = 'ada:s3cret-of-ada';
  beforeAll(async () => {
    registry = await startRegistry({
      auth: { htpasswd: 'ada:$2b$04$abcdefghijklmnopqrstuuVJY1/Nyw5emPHkhnecV0GtRCMsoO.tu\n' },
    });
    const authorization = `Basic ${basic(login).auth}`;
    await pushImage(
      { base: `http://${registry.host}`, repository: 'wiki', authorization },
      { architecture: 'amd64', tag: '1' },
    );
  }, 90_000);
  afterAll(() => registry?.stop());

  const image = () => `${registry.host}/wiki:1`;

  it('is read with the login of `docker login`', async () => {
    expect(await look(client({ auths: { [registry.host]: basic(login) } }), image())).toMatchObject({ ok: true });
    expect(await look(client({ auths: { [`http://${registry.host}/v1/`]: basic(login) } }), image())).toMatchObject({
      ok: true,
    });
  });

  it('says what to do without a login, and with a wrong one, and never says the password', async () => {
    const none = await look(client(), image());
    expect(none).toMatchObject({
      failure: {
        kind: 'unauthorized',
        detail: `${registry.host} wants a login; run \`docker login ${registry.host}\``,
      },
    });
    const wrong = await look(client({ auths: { [registry.host]: basic('ada:wr0ng-word') } }), image());
    expect(wrong).toMatchObject({
      failure: { kind: 'unauthorized', detail: expect.stringContaining('this login may not read it') },
    });
    expect(JSON.stringify(wrong)).not.toContain('wr0ng-word');
  });

  it('is read with the login that a credential program keeps, which gets a closed environment', async () => {
    const program = join(folder, 'docker-credential-testing');
    const script = `#!/bin/sh\nread key\nenv > ${folder}/environment\n[ "$1 $key" = "get ${registry.host}" ] || exit 1\nprintf '{"Username":"ada","Secret":"s3cret-of-ada"}'\n`;
    writeFileSync(program, script, { mode: 0o755 });
    const env = { AUTOGIT_GIT_TOKEN: 'canary', HOME: folder };
    for (const config of [{ credsStore: 'testing' }, { credHelpers: { [registry.host]: 'testing' } }]) {
      expect(await look(client(config, { env }), image())).toMatchObject({ ok: true });
    }
    const seen = readFileSync(join(folder, 'environment'), 'utf8');
    expect(seen).toContain(`HOME=${folder}`);
    expect(seen).not.toContain('canary');
  });

  it('says that a credential program is not there, or failed', async () => {
    const detail = async (config: object) => {
      const answer = await look(client(config), image());
      return answer.ok ? '' : answer.failure.detail;
    };
    expect(await detail({ credsStore: 'absent' })).toContain(
      'wants a login (docker-credential-absent is not installed)',
    );
    expect(await detail({ credsStore: '../evil' })).toContain('the Docker configuration names an odd program');
    writeFileSync(join(folder, 'docker-credential-broken'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    expect(await detail({ credsStore: 'broken' })).toContain('docker-credential-broken ended with code 3');
  });
});

describe.skipIf(!here.ok)('a registry with a token server', () => {
  let registry: TestRegistry;
  let tokens: TokenServer;
  let proxy: FaultyProxy;
  let certificates: string;
  const login = 'ada:s3cret-of-ada';
  beforeAll(async () => {
    certificates = mkdtempSync(join(tmpdir(), 'autogit-tokens-'));
    const { certificate, key } = makeCertificate(certificates, 'tokens');
    tokens = await startTokenServer({ certificate, key, login, refresh: 'refresh-of-ada' });
    registry = await startRegistry({
      auth: { realm: tokens.realm, service: 'test-registry', issuer: 'autogit-test', certificate },
    });
    proxy = await startFaultyProxy(registry.host);
    for (const repository of ['public/wiki', 'private/wiki']) {
      const url = `${tokens.realm}?service=test-registry&scope=repository:${repository}:pull,push`;
      const answer = await fetch(url, { headers: { authorization: `Basic ${basic(login).auth}` } });
      const { token } = (await answer.json()) as { token: string };
      const to = { base: `http://${registry.host}`, repository, authorization: `Bearer ${token}` };
      await pushImage(to, { architecture: 'amd64', tag: '1' });
    }
  }, 90_000);
  afterAll(async () => {
    await proxy?.stop();
    await tokens?.stop();
    await registry?.stop();
    rmSync(certificates, { recursive: true, force: true });
  });

  it('shows what is public to everyone, by one token a repository', async () => {
    tokens.seen.length = 0;
    expect(await look(client(), `${registry.host}/public/wiki:1`)).toMatchObject({ ok: true });
    expect(tokens.seen).toEqual([
      { authorization: undefined, asked: expect.stringContaining('scope=repository%3Apublic%2Fwiki%3Apull') },
    ]);
  });

  it('shows the rest to who is logged in, by password and by identity token', async () => {
    const image = `${registry.host}/private/wiki:1`;
    expect(await look(client({ auths: { [registry.host]: basic(login) } }), image)).toMatchObject({ ok: true });
    tokens.seen.length = 0;
    const identity = { auths: { [registry.host]: { identitytoken: 'refresh-of-ada' } } };
    expect(await look(client(identity), image)).toMatchObject({ ok: true });
    expect(tokens.seen[0]?.asked).toContain('grant_type=refresh_token');
  });

  it('says what to do when nobody is logged in, and when the login is refused', async () => {
    const image = `${registry.host}/private/wiki:1`;
    expect(await look(client(), image)).toMatchObject({
      failure: {
        kind: 'unauthorized',
        detail: expect.stringMatching(/does not exist or is private; check the name, or run `docker login/),
      },
    });
    const wrong = await look(client({ auths: { [registry.host]: basic('ada:wr0ng-word') } }), image);
    expect(wrong).toMatchObject({
      failure: { kind: 'unauthorized', detail: expect.stringContaining('it refuses the login') },
    });
    expect(JSON.stringify(wrong)).not.toContain('wr0ng-word');
  });

  it('never carries a login to another host that it sends on to', async () => {
    const elsewhere = await startFaultyProxy(registry.host);
    proxy.faults = [
      {
        when: /^GET \/v2\/private\/wiki\/manifests/,
        what: {
          kind: 'answer',
          status: 307,
          headers: { location: `http://${elsewhere.host}/v2/private/wiki/manifests/1` },
        },
      },
    ];
    const answer = await look(client({ auths: { [proxy.host]: basic(login) } }), `${proxy.host}/private/wiki:1`);
    expect(elsewhere.seen.length).toBeGreaterThan(0);
    expect(elsewhere.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(answer.ok).toBe(false);
    await elsewhere.stop();
  });

  it('gives no login to the token server that such a host names', async () => {
    const thief = await startFaultyProxy(registry.host);
    const header = `Bearer realm="http://${thief.host}/token",service="x"`;
    thief.faults = [{ when: /./, what: { kind: 'answer', status: 401, headers: { 'www-authenticate': header } } }];
    const location = `http://${thief.host}/v2/private/wiki/manifests/1`;
    proxy.faults = [{ when: /^GET/, what: { kind: 'answer', status: 307, headers: { location } } }];
    const answer = await look(client({ auths: { [proxy.host]: basic(login) } }), `${proxy.host}/private/wiki:1`);
    expect(answer).toMatchObject({ failure: { kind: 'unauthorized' } });
    expect(thief.seen.map(({ line, authorization }) => `${line} ${authorization}`)).toEqual([
      'GET /v2/private/wiki/manifests/1 undefined',
    ]);
    await thief.stop();
  });

  it('gives no login to a token server without TLS on another machine', async () => {
    const header = 'Bearer realm="http://192.0.2.1/token",service="x"';
    proxy.faults = [{ when: /./, what: { kind: 'answer', status: 401, headers: { 'www-authenticate': header } } }];
    expect(await look(client({ auths: { [proxy.host]: basic(login) } }), `${proxy.host}/private/wiki:1`)).toMatchObject(
      {
        failure: { kind: 'rejected', detail: expect.stringContaining('192.0.2.1 is named without TLS') },
      },
    );
  });
});

describe.skipIf(!here.ok)('a registry with a certificate', () => {
  let registry: TestRegistry;
  let certificates: string;
  let certificate: string;
  beforeAll(async () => {
    certificates = mkdtempSync(join(tmpdir(), 'autogit-tls-'));
    const tls = makeCertificate(certificates, 'registry');
    certificate = tls.certificate;
    registry = await startRegistry({ tls });
  }, 90_000);
  afterAll(async () => {
    await registry?.stop();
    rmSync(certificates, { recursive: true, force: true });
  });

  it('is asked when its authority is named, and else refused with the way to name it', async () => {
    const image = `${registry.host}/wiki:1`;
    expect(await look(client(), image)).toMatchObject({
      failure: {
        kind: 'rejected',
        detail: `the certificate of ${registry.host} is signed by nobody known; name its authority with --ca-file`,
      },
    });
    const ca = readFileSync(certificate, 'utf8');
    expect(await look(client({}, { ca }), image)).toMatchObject({ failure: { kind: 'not-found' } });
  });

  it('is asked under another name than the one of its certificate: refused', async () => {
    const ca = readFileSync(certificate, 'utf8');
    const image = `${registry.host.replace('localhost', '127.0.0.1')}/wiki:1`;
    expect(await look(client({}, { ca }), image)).toMatchObject({
      failure: { kind: 'rejected', detail: expect.stringContaining('is made for another name') },
    });
  });
});

/** What the registry client makes of a real registry, and of a world between them that fails or lies. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { available } from './available.ts';
import { type Clients, look, openClients } from './client.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { type Pushed, pushImage, pushIndex } from './push-image.ts';
import { startRegistry, type TestRegistry } from './start-registry.ts';

const here = await available();
const signal = new AbortController().signal;
const platform = (architecture: string, os = 'linux') => ({ platform: { os, architecture } });

let clients: Clients;
beforeEach(() => {
  clients = openClients();
});
afterEach(() => clients.close());
const client: Clients['client'] = (...given) => clients.client(...given);

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

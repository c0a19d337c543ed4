/** Parts of the registry client that need no registry: what servers write in headers and manifests, and proxies. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseChallenges } from '../../cli/registry/challenge.ts';
import { createHttp, type Http } from '../../cli/registry/http-call.ts';
import { parseManifest, platformName } from '../../cli/registry/manifest.ts';
import { bytesOf, digest } from './platform.ts';

describe('a challenge', () => {
  it.each([
    ['Basic realm="a b"', [{ scheme: 'basic', parameters: { realm: 'a b' } }]],
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:library/nginx:pull,push',
          },
        },
      ],
    ],
    [
      'Bearer realm="https://r/t", service=x, Basic realm="say \\"hi\\""',
      [
        { scheme: 'bearer', parameters: { realm: 'https://r/t', service: 'x' } },
        { scheme: 'basic', parameters: { realm: 'say "hi"' } },
      ],
    ],
    ['Negotiate', [{ scheme: 'negotiate', parameters: {} }]],
    ['', []],
    ['=,"', []],
  ])('%s', (header, expected) => expect(parseChallenges(header)).toEqual(expected));

  it('of many kilobytes takes no time', () => {
    const began = performance.now();
    parseChallenges('a="'.repeat(50_000));
    parseChallenges(`Bearer ${' ,'.repeat(50_000)}`);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('a manifest', () => {
  const index = 'application/vnd.oci.image.index.v1+json';
  const image = 'application/vnd.oci.image.manifest.v1+json';
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest('a'), size: 2 };
  const read = (value: unknown, type?: string) => parseManifest(bytesOf(JSON.stringify(value)), type);

  it.each([
    ['is no JSON', bytesOf('<html>'), index],
    ['is an index and an image at once', bytesOf(JSON.stringify({ manifests: [], layers: [] })), index],
    ['is in the first form of Docker manifests', bytesOf(JSON.stringify({ schemaVersion: 1 })), undefined],
    [
      `was sent as ${image} and says it is ${index}`,
      bytesOf(JSON.stringify({ mediaType: index, manifests: [] })),
      image,
    ],
    ['lists an image without a digest', bytesOf(JSON.stringify({ manifests: [{ digest: 'sha256:x' }] })), index],
    [
      'is no container image but application/vnd.cncf.helm.config',
      bytesOf(JSON.stringify({ config: { ...config, mediaType: 'application/vnd.cncf.helm.config' } })),
      image,
    ],
    ['has neither images nor a config', bytesOf('{}'), undefined],
  ])('that %s is refused', (why, bytes, type) => {
    expect(parseManifest(bytes, type)).toMatchObject({ kind: 'other', why: expect.stringContaining(why) });
  });

  it('without a media type is read by its form, as the specification has it', () => {
    expect(read({ schemaVersion: 2, config })).toEqual({ kind: 'image', config: { digest: digest('a'), size: 2 } });
    expect(read({ schemaVersion: 2, manifests: [] })).toEqual({ kind: 'index', entries: [] });
  });

  it('names platforms as Docker does', () => {
    expect(platformName({ os: 'linux', architecture: 'arm64', variant: 'v8' })).toBe('linux/arm64');
    expect(platformName({ os: 'linux', architecture: 'arm', variant: 'v7' })).toBe('linux/arm/v7');
    expect(platformName({ os: 'linux', architecture: 'amd64' })).toBe('linux/amd64');
  });
});

describe('a proxy', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  async function listen(server: ReturnType<typeof createServer>): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => server.close() }, { close: () => server.closeAllConnections() });
    return (server.address() as AddressInfo).port;
  }

  const http = (env: Readonly<Record<string, string>>): Http => {
    const made = createHttp({ env, timeoutMs: 10_000 });
    open.push(made);
    return made;
  };
  const call = (client: Http, url: string) =>
    client.call({
      url: new URL(url),
      method: 'GET',
      headers: {},
      maxBytes: 1000,
      signal: new AbortController().signal,
    });

  it('is asked for other machines, and not where NO_PROXY or this machine is meant', async () => {
    const asked: string[] = [];
    const server = createServer((incoming, answer) => {
      asked.push(incoming.url ?? '');
      answer.end('hello');
    });
    const port = await listen(server);
    const env = { http_proxy: `http://127.0.0.1:${port}`, NO_PROXY: 'no.example' };
    expect(await call(http(env), 'http://registry.example/v2/')).toMatchObject({ ok: true, value: { status: 200 } });
    expect(await call(http(env), `http://127.0.0.1:${port}/near`)).toMatchObject({ ok: true });
    expect(await call(http(env), 'http://no.example.invalid./v2/')).toMatchObject({ ok: true });
    expect(await call(http({ ...env, NO_PROXY: '*' }), 'http://registry.invalid/v2/')).toMatchObject({ ok: false });
    expect(asked).toEqual(['http://registry.example/v2/', '/near', 'http://no.example.invalid./v2/']);
  });

  it('opens a tunnel for TLS, and a refusal is told', async () => {
    const tunnels: string[] = [];
    const server = createServer();
    server.on('connect', ({ url }, socket) => {
      tunnels.push(url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    const port = await listen(server);
    const answer = await call(http({ HTTPS_PROXY: `http://127.0.0.1:${port}` }), 'https://registry.example/v2/');
    expect(tunnels).toEqual(['registry.example:443']);
    expect(answer).toMatchObject({
      ok: false,
      failure: {
        kind: 'unreachable',
        detail: 'the proxy would not connect to registry.example; check HTTPS_PROXY and NO_PROXY',
      },
    });
  });
});

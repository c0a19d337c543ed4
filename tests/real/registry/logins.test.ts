/** How the registry client comes by a login, and to whom it gives it: passwords, programs, tokens, certificates. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { available } from './available.ts';
import { type Clients, look, openClients } from './client.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { pushImage } from './push-image.ts';
import { startRegistry, type TestRegistry } from './start-registry.ts';
import { makeCertificate, startTokenServer, type TokenServer } from './token-server.ts';

const here = await available();
const basic = (login: string) => ({ auth: Buffer.from(login).toString('base64') });

let clients: Clients;
beforeEach(() => {
  clients = openClients();
});
afterEach(() => clients.close());
const client: Clients['client'] = (...given) => clients.client(...given);

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
    const { folder } = clients;
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
    writeFileSync(join(clients.folder, 'docker-credential-broken'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
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

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ports } from '../../../library/traefik/config.ts';
import { freePort } from '../free-port.ts';
import {
  askHttps,
  certificateOf,
  configText,
  nameServer,
  platformOf,
  type Running,
  run,
  serve,
  start,
  until,
} from './ingress-world.ts';
import { acmeServer } from './local-acme.ts';
import { traefik } from './programs.ts';

// The newest Traefik that can be built from its module; it does not know every setting of the default one.
const ingress = `ingress: { use: traefik, image: "traefik:${traefik().version}" }`;

describe('hosts that an authority of the platform certifies, behind sign-on', () => {
  const text = `name: home
domain: home.lan
${ingress}
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org, groups: [admins] } } }
monitoring: { use: prometheus, dashboards: false }
services:
  wiki: { image: "nginx:1", port: 8080, host: wiki, protect: sso }
  open: { image: "nginx:1", port: 8080, host: open, protect: none }
`;
  let dir: string;
  let at: Record<'http' | 'https' | 'ping' | 'inside' | 'metrics', number>;
  let ca: string;
  const closing: (() => unknown)[] = [];
  let proxy: Running;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-https-'));
    const folders = { authority: join(dir, 'authority'), served: join(dir, 'served') };
    for (const folder of Object.values(folders)) mkdirSync(folder);
    const platform = await platformOf(text);
    at = {
      http: await freePort(),
      https: await freePort(),
      ping: await freePort(),
      inside: await freePort(),
      metrics: await freePort(),
    };
    const script = configText(platform, 'certificates-start', {
      '/var/lib/autogit/authority': folders.authority,
      '/var/lib/autogit/served': folders.served,
    });
    writeFileSync(join(dir, 'authority.sh'), script);
    const authority = start('/bin/sh', [join(dir, 'authority.sh')]);
    closing.push(() => authority.child.kill());
    await until(() => existsSync(join(folders.served, 'names')), authority.said);
    ca = readFileSync(join(folders.served, 'ca.crt'), 'utf8');
    const echo = await serve((asked, answer) => answer.end(JSON.stringify(asked.headers)));
    const portal = await serve((asked, answer) => {
      if (asked.headers.cookie === 'session=ana')
        answer.writeHead(200, { 'Remote-User': 'ana', 'Remote-Groups': 'admins' });
      else
        answer.writeHead(302, { location: `https://auth.home.lan/?rd=https://${asked.headers['x-forwarded-host']}` });
      answer.end();
    });
    closing.push(echo.close, portal.close);
    writeFileSync(
      join(dir, 'routes.yml'),
      configText(platform, 'ingress-routes', {
        '/etc/autogit/certificates': folders.served,
        'home-wiki:8080': `127.0.0.1:${echo.port}`,
        'home-open:8080': `127.0.0.1:${echo.port}`,
        'home-sso:9091': `127.0.0.1:${portal.port}`,
      }),
    );
    writeFileSync(
      join(dir, 'traefik.yml'),
      configText(platform, 'ingress-static', {
        '/etc/traefik/routes.yml': join(dir, 'routes.yml'),
        'to: ":443"': `to: ":${at.https}"`,
        'address: ":443"': `address: 127.0.0.1:${at.inside}`,
        [`":${ports.http}"`]: `127.0.0.1:${at.http}`,
        [`":${ports.https}"`]: `127.0.0.1:${at.https}`,
        [`":${ports.ping}"`]: `127.0.0.1:${at.ping}`,
        [`":${ports.metrics}"`]: `127.0.0.1:${at.metrics}`,
      }),
    );
    const startScript = configText(platform, 'ingress-start', {
      '/etc/traefik/traefik.yml': join(dir, 'traefik.yml'),
      '/etc/autogit/certificates': folders.served,
      'traefik --configFile': `${traefik().path} --configFile`,
    });
    writeFileSync(join(dir, 'start.sh'), startScript);
    proxy = start('/bin/sh', [join(dir, 'start.sh')]);
    closing.push(() => proxy.child.kill());
    await until(async () => (await askHttps(at.https, 'open.home.lan')).status === 200, proxy.said);
  });

  afterAll(() => {
    for (const close of closing) close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are served with a certificate that a client trusts who trusts the authority', async () => {
    const { subjectaltname } = await certificateOf(at.https, 'wiki.home.lan', ca);
    expect(subjectaltname).toBe('DNS:auth.home.lan, DNS:open.home.lan, DNS:wiki.home.lan');
  });

  it('have the end of their certificate among the metrics, which an alert asks for', async () => {
    const shown = async () => (await fetch(`http://127.0.0.1:${at.metrics}/metrics`)).text();
    expect(await shown()).toMatch(/^traefik_tls_certs_not_after\{cn="",.*sans="auth\.home\.lan,/m);
  });

  it('are the only ones: a name of another domain would not be trusted', async () => {
    const { stdout } = await run('openssl', ['x509', '-in', join(dir, 'served/ca.crt'), '-noout', '-text']);
    expect(stdout).toMatch(/Name Constraints: critical\s+Permitted:\s+DNS:home\.lan/);
    expect(stdout).toMatch(/CA:TRUE, pathlen:0/);
  });

  it('keep their keys to themselves', async () => {
    const { stdout } = await run('stat', ['-c', '%a', join(dir, 'authority/ca.key'), join(dir, 'served/hosts.key')]);
    expect(stdout).toBe('600\n600\n');
  });

  it('are read without a complaint', () => {
    expect(
      proxy
        .said()
        .split('\n')
        .filter((line) => /"level":"(?:error|fatal)"|field not found/.test(line)),
    ).toEqual([]);
  });

  it('send plain HTTP to the port that clients see', async () => {
    const answer = await fetch(`http://127.0.0.1:${at.http}/page`, { headers: { host: 'x' }, redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([301, `https://127.0.0.1:${at.https}/page`]);
  });

  it('refuse a host that nobody certified, and TLS before 1.2', async () => {
    await expect(certificateOf(at.https, 'other.home.lan')).rejects.toThrow(/unrecognized.name|alert/i);
    const old = run('openssl', [
      's_client',
      '-tls1_1',
      '-cipher',
      'ALL:@SECLEVEL=0',
      '-servername',
      'wiki.home.lan',
      '-connect',
      `127.0.0.1:${at.https}`,
    ]);
    await expect(old).rejects.toThrow();
  });

  it('send who is not signed on to the portal', async () => {
    const answer = await askHttps(at.https, 'wiki.home.lan');
    expect([answer.status, answer.location]).toEqual([302, 'https://auth.home.lan/?rd=https://wiki.home.lan']);
  });

  it('believe no header about who asks', async () => {
    const forged = { 'Remote-User': 'root', 'Remote-Groups': 'admins', 'X-Forwarded-Host': 'open.home.lan' };
    expect((await askHttps(at.https, 'wiki.home.lan', { headers: forged })).status).toBe(302);
    const signedOn = await askHttps(at.https, 'wiki.home.lan', { headers: { ...forged, cookie: 'session=ana' } });
    expect(JSON.parse(signedOn.body)).toMatchObject({ 'remote-user': 'ana', 'remote-groups': 'admins' });
    const open = await askHttps(at.https, 'open.home.lan', { headers: forged });
    expect(Object.keys(JSON.parse(open.body)).filter((name) => name.startsWith('remote-'))).toEqual([]);
  });

  it('answer from inside at the port of their public address', async () => {
    expect((await askHttps(at.inside, 'open.home.lan', { ca })).status).toBe(200);
  });

  it('stop with the ingress', async () => {
    const ended = new Promise((done) => proxy.child.once('exit', done));
    proxy.child.kill('SIGTERM');
    await ended;
    await expect(fetch(`http://127.0.0.1:${at.ping}/ping`)).rejects.toThrow();
  });
});

describe('hosts that an ACME server certifies over HTTP', () => {
  let dir: string;
  let at: Record<'http' | 'https' | 'ping', number>;
  const closing: (() => unknown)[] = [];
  let proxy: Running;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-acme-'));
    at = {
      http: await freePort(),
      https: await freePort(),
      ping: await freePort(),
    };
    const names = await nameServer();
    const echo = await serve((_, answer) => answer.end('hello'));
    closing.push(names.close, echo.close);
    const acme = await acmeServer({ dir, dns: names.port, ...at });
    closing.push(acme.close);
    const platform = await platformOf(`name: home
domain: home.test
${ingress}
certificates: { issuer: acme, email: ops@home.test, server: "https://localhost:${acme.port}/dir", trust: root }
services:
  web: { image: "nginx:1", port: 8080, host: web }
secrets: { root: { file: /etc/autogit/root.pem } }
`);
    writeFileSync(
      join(dir, 'routes.yml'),
      configText(platform, 'ingress-routes', { 'home-web:8080': `127.0.0.1:${echo.port}` }),
    );
    writeFileSync(
      join(dir, 'traefik.yml'),
      configText(platform, 'ingress-static', {
        '/etc/traefik/routes.yml': join(dir, 'routes.yml'),
        '/var/lib/traefik': dir,
        '/run/secrets/root': acme.certificate,
        'to: ":443"': `to: ":${at.https}"`,
        [`":${ports.http}"`]: `127.0.0.1:${at.http}`,
        [`":${ports.https}"`]: `127.0.0.1:${at.https}`,
        [`":${ports.ping}"`]: `127.0.0.1:${at.ping}`,
      }),
    );
    proxy = start(traefik().path, [`--configFile=${join(dir, 'traefik.yml')}`]);
    closing.push(() => proxy.child.kill('SIGKILL'));
  });

  afterAll(() => {
    for (const close of closing) close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('get a certificate, although HTTP is sent to HTTPS', async () => {
    await until(
      async () => /Pebble/.test(String((await certificateOf(at.https, 'web.home.test')).issuer.CN)),
      proxy.said,
    );
    expect((await certificateOf(at.https, 'web.home.test')).subjectaltname).toBe('DNS:web.home.test');
    expect((await askHttps(at.https, 'web.home.test')).body).toBe('hello');
  });

  it('have it kept for the next start, readable for the ingress alone', async () => {
    const { stdout } = await run('stat', ['-c', '%a', join(dir, 'acme.json')]);
    expect(stdout.trim()).toBe('600');
  });
});

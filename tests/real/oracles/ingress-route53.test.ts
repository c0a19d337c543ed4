/** Records at Route 53: what the ingress sends there with the credentials of the file, taken down by a stand-in for AWS. */
import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ports } from '../../../library/traefik/config.ts';
import { freePort } from '../free-port.ts';
import { configText, nameServer, platformOf, type Running, serve, start, until } from './ingress-world.ts';
import { acmeServer } from './local-acme.ts';
import { traefik } from './programs.ts';

const secrets = { id: 'AKIDEXAMPLE', key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', zone: 'Z0123456789' };
const text = `name: home
domain: home.test
ingress: { use: traefik, image: "traefik:${traefik().version}" }
certificates:
  issuer: acme
  email: ops@home.test
  server: "https://localhost:ACME/dir"
  trust: root
  challenge: dns-01
  provider: route53
  credentials: { access-key: id, secret-key: key, AWS_HOSTED_ZONE_ID: zone }
services:
  web: { image: "nginx:1", port: 8080, host: web }
secrets: { id: { env: ID }, key: { env: KEY }, zone: { env: ZONE }, root: { file: /etc/autogit/root.pem } }
`;

let dir: string;
let proxy: Running;
const asked: IncomingMessage[] = [];
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'autogit-route53-'));
  mkdirSync(join(dir, 'secrets'));
  for (const [name, value] of Object.entries(secrets)) writeFileSync(join(dir, 'secrets', name), `${value}\n`);
  const at = { http: await freePort(), https: await freePort(), ping: await freePort() };
  const names = await nameServer();
  const aws = await serve((request, answer) => {
    asked.push(request);
    answer
      .writeHead(403, { 'content-type': 'text/xml' })
      .end('<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>');
  });
  const acme = await acmeServer({ dir, dns: names.port, ...at });
  closing.push(names.close, aws.close, acme.close);
  const platform = await platformOf(text.replace('ACME', String(acme.port)));
  writeFileSync(join(dir, 'routes.yml'), configText(platform, 'ingress-routes', {}));
  const settings = {
    '/etc/traefik/routes.yml': join(dir, 'routes.yml'),
    '/var/lib/traefik': dir,
    '/run/secrets/root': acme.certificate,
    'to: ":443"': `to: ":${at.https}"`,
    [`":${ports.http}"`]: `127.0.0.1:${at.http}`,
    [`":${ports.https}"`]: `127.0.0.1:${at.https}`,
    [`":${ports.ping}"`]: `127.0.0.1:${at.ping}`,
  };
  writeFileSync(join(dir, 'traefik.yml'), configText(platform, 'ingress-static', settings));
  const script = configText(platform, 'ingress-start', {
    '/etc/traefik/traefik.yml': join(dir, 'traefik.yml'),
    '/run/secrets': join(dir, 'secrets'),
    '/tmp/aws-credentials': join(dir, 'aws-credentials'),
    'traefik --configFile': `${traefik().path} --configFile`,
  });
  writeFileSync(join(dir, 'start.sh'), script);
  const rendered = platform.workloads.find(({ id }) => id === 'ingress')?.environment ?? [];
  const environment = Object.fromEntries(
    rendered.map(({ name, value }) => [
      name,
      value.kind === 'secret-file' ? join(dir, 'secrets', value.secret) : join(dir, 'aws-credentials'),
    ]),
  );
  // Where Route 53 is, which nobody but a test says.
  proxy = start('/bin/sh', [join(dir, 'start.sh')], {
    ...environment,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.port}`,
  });
  closing.push(() => proxy.child.kill('SIGKILL'));
}, 180_000);

afterAll(() => {
  for (const close of closing) close();
  rmSync(dir, { recursive: true, force: true });
});

it('asks for the records of the zone of the file, signed with the credentials of the file', async () => {
  await until(() => asked.length > 0, proxy.said);
  const request = asked[0] as IncomingMessage;
  expect(request.url).toContain(`/2013-04-01/hostedzone/${secrets.zone}/rrset`);
  expect(request.headers.authorization).toMatch(new RegExp(`Credential=${secrets.id}/\\d{8}/us-east-1/route53/`));
  expect(request.headers.authorization?.split('Signature=')[1]).toBe(signatureOf(request));
});

it('keeps the credentials in a file for itself, and in no variable', () => {
  const file = join(dir, 'aws-credentials');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const environment = readFileSync(`/proc/${proxy.child.pid}/environ`, 'utf8');
  expect(environment).toContain('AWS_SHARED_CREDENTIALS_FILE=');
  expect(environment).not.toContain(secrets.key);
});

/** Signature Version 4, from the request as it came (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). */
function signatureOf({ method, url = '', headers }: IncomingMessage): string {
  const [, scope = '', signed = ''] =
    /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const [path = '', query = ''] = url.split('?');
  const canonical = [
    method,
    path,
    query.split('&').sort().join('&'),
    ...signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signed,
    createHash('sha256').update('').digest('hex'),
  ].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    scope,
    createHash('sha256').update(canonical).digest('hex'),
  ];
  const hmac = (key: string | Buffer, value: string) => createHmac('sha256', key).update(value).digest();
  const key = scope.split('/').reduce<string | Buffer>((above, part) => hmac(above, part), `AWS4${secrets.key}`);
  return hmac(key, toSign.join('\n')).toString('hex');
}

import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A key and a certificate that signs itself, made by openssl, for `names` (`DNS:localhost`). */
export function makeCertificate(
  folder: string,
  name: string,
  names = 'DNS:localhost',
): { readonly certificate: string; readonly key: string } {
  const [certificate, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-keyout', key, '-out', certificate, '-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`],
    ],
    { stdio: 'ignore' },
  );
  return { certificate, key };
}

export interface TokenServer {
  readonly realm: string;
  /** Of each request: its login and its query or form. */
  readonly seen: { readonly authorization: string | undefined; readonly asked: string }[];
  stop(): Promise<void>;
}

/**
 * Gives tokens as https://distribution.github.io/distribution/spec/auth/jwt/ has them. Anonymous ones open `public/…`,
 * those of `login` (Basic) or `refresh` (OAuth2) everything.
 */
export async function startTokenServer(options: {
  readonly certificate: string;
  readonly key: string;
  readonly login: string;
  readonly refresh: string;
}): Promise<TokenServer> {
  const key = createPrivateKey(readFileSync(options.key));
  const chain = [new X509Certificate(readFileSync(options.certificate)).raw.toString('base64')];
  const seen: TokenServer['seen'] = [];
  const server = createServer((incoming, answer) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    incoming.on('end', () => {
      const { authorization } = incoming.headers;
      const asked = incoming.method === 'POST' ? body : (incoming.url ?? '').replace(/^.*\?/, '');
      seen.push({ authorization, asked });
      const wish = new URLSearchParams(asked);
      const isKnown =
        authorization === `Basic ${Buffer.from(options.login).toString('base64')}` ||
        wish.get('refresh_token') === options.refresh;
      if (!isKnown && (authorization !== undefined || wish.has('refresh_token'))) {
        answer.writeHead(401, { 'content-type': 'application/json' }).end('{}');
        return;
      }
      const [, name = '', actions = ''] = /^repository:(.+):(.+)$/.exec(wish.get('scope') ?? '') ?? [];
      const granted = isKnown || name.startsWith('public/') ? actions.split(',') : [];
      const token = jwt({ aud: wish.get('service') ?? '', access: [{ type: 'repository', name, actions: granted }] });
      answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token, expires_in: 300 }));
    });
  });

  function jwt(claims: Readonly<Record<string, unknown>>): string {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: 'autogit-test', sub: '', nbf: now - 60, iat: now, exp: now + 300, jti: randomUUID(), ...claims };
    const text = [{ typ: 'JWT', alg: 'ES256', x5c: chain }, all]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

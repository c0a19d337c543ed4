import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { askHttps, run, start, until } from './ingress-world.ts';
import { pebble } from './programs.ts';

export interface LocalAcme {
  readonly port: number;
  /** PEM file that its own address is checked against. */
  readonly certificate: string;
  close(): void;
}

/** Pebble on a free port, which proves hosts at these ports of this machine and asks the name server at `dns`. */
export async function acmeServer(at: {
  readonly dir: string;
  readonly dns: number;
  readonly http: number;
  readonly https: number;
}): Promise<LocalAcme> {
  const [key, certificate] = [join(at.dir, 'server.key'), join(at.dir, 'server.crt')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = [
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...subject,
    '-keyout',
    key,
    '-out',
    certificate,
  ];
  await run('openssl', ['req', ...made]);
  const port = await freePort();
  const settings = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${await freePort()}`,
    certificate,
    privateKey: key,
    httpPort: at.http,
    tlsPort: at.https,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  };
  writeFileSync(join(at.dir, 'pebble.json'), JSON.stringify({ pebble: settings }));
  const server = start(pebble().path, ['-config', join(at.dir, 'pebble.json'), '-dnsserver', `127.0.0.1:${at.dns}`], {
    PEBBLE_VA_NOSLEEP: '1',
    PEBBLE_WFE_NONCEREJECT: '0',
  });
  const asked = { path: '/dir', headers: { 'user-agent': 'autogit tests' } };
  await until(() => askHttps(port, 'localhost', asked).then(({ status }) => status === 200), server.said);
  return { port, certificate, close: () => server.child.kill('SIGKILL') };
}

import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pebble } from '../oracles/programs.ts';
import { run } from './programs.ts';
import { until } from './until.ts';

export interface AcmeServer {
  readonly directory: string;
  /** Certificates of the server itself and of the authority that it certifies with. */
  readonly trust: string;
  /** Of the authority between them, which the chain of each host has in it. */
  readonly intermediate: string;
  close(): void;
}

/** Pebble. It finds hosts by the name server at `dns`, and proves them at the ports that the Internet would use. */
export async function startAcmeServer(folder: string, address: string, dns: string): Promise<AcmeServer> {
  const at = { key: join(folder, 'acme.key'), crt: join(folder, 'acme.crt'), config: join(folder, 'acme.json') };
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=ACME server', '-addext', `subjectAltName=IP:${address}`, '-keyout', at.key, '-out', at.crt],
  ]);
  const pebbleSettings = {
    listenAddress: `${address}:14000`,
    managementListenAddress: `${address}:15000`,
    certificate: at.crt,
    privateKey: at.key,
    httpPort: 80,
    tlsPort: 443,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
  };
  writeFileSync(at.config, JSON.stringify({ pebble: pebbleSettings }));
  const env = { PATH: process.env.PATH, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
  const child = spawn(pebble().path, ['-config', at.config, '-dnsserver', `${dns}:53`], { env });
  const log = createWriteStream(join(folder, 'acme.log'));
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  const ca = readFileSync(at.crt, 'utf8');
  const asked = (path: string): Promise<string> =>
    new Promise((done, fail) => {
      get(`https://${address}:15000${path}`, { ca }, (answer) => done(text(answer))).on('error', fail);
    });
  const root = await until(() => asked('/roots/0'));
  const intermediate = await asked('/intermediates/0');
  return {
    directory: `https://${address}:14000/dir`,
    trust: `${ca}${root}`,
    intermediate,
    close: () => child.kill('SIGKILL'),
  };
}

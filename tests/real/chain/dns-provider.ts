import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { PublicDns } from './public-dns.ts';

/** Where a zone is changed over HTTP, as lego's provider `httpreq` asks (https://go-acme.github.io/lego/dns/httpreq/). */
export interface DnsProvider {
  readonly url: string;
  /** Names whose records were made, in order. */
  readonly made: readonly string[];
  close(): void;
}

export async function startDnsProvider(address: string, password: string, dns: PublicDns): Promise<DnsProvider> {
  const made: string[] = [];
  const server = createServer(async (request, response) => {
    const expected = `Basic ${Buffer.from(`autogit:${password}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return void response.writeHead(401).end();
    const { fqdn, value } = (await json(request)) as { readonly fqdn: string; readonly value: string };
    if (request.url === '/present') {
      dns.texts.set(fqdn, value);
      made.push(fqdn);
    } else dns.texts.delete(fqdn);
    response.end('{}');
  });
  await new Promise<void>((done) => server.listen(8053, address, done));
  return { url: `http://${address}:8053`, made, close: () => server.close() };
}

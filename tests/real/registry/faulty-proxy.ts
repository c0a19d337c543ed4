import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does to an answer of the registry behind it. */
export interface Fault {
  /** `GET /v2/…`. */
  readonly when: RegExp;
  /** How many answers; later ones pass. Default: all. */
  times?: number;
  readonly what:
    | { readonly kind: 'change'; readonly from: string; readonly to: string }
    | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
    /** Half of the body, then the connection ends. */
    | { readonly kind: 'cut' }
    | { readonly kind: 'hang' }
    | { readonly kind: 'endless' };
}

export interface FaultyProxy {
  readonly host: string;
  faults: Fault[];
  /** `GET /v2/wiki/manifests/2`, in order, with the login that came with it. */
  readonly seen: { readonly line: string; readonly authorization: string | undefined }[];
  stop(): Promise<void>;
}

/** A proxy on loopback before `target`, which plays faults. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const seen: FaultyProxy['seen'] = [];
  const proxy: { faults: Fault[] } = { faults: [] };
  const server = createServer((incoming, answer) => {
    const line = `${incoming.method} ${incoming.url}`;
    seen.push({ line, authorization: incoming.headers.authorization });
    const fault = proxy.faults.find((each) => each.when.test(line) && (each.times ?? 1) > 0);
    if (fault?.times !== undefined) fault.times -= 1;
    play(target, fault, incoming, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    seen,
    get faults() {
      return proxy.faults;
    },
    set faults(faults) {
      proxy.faults = faults;
      seen.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function play(target: string, fault: Fault | undefined, incoming: IncomingMessage, answer: ServerResponse): void {
  const what = fault?.what;
  if (what?.kind === 'hang') return;
  if (what?.kind === 'answer') {
    answer.writeHead(what.status, what.headers).end();
    return;
  }
  if (what?.kind === 'endless') {
    answer.writeHead(200, { 'content-type': 'application/vnd.oci.image.index.v1+json' });
    const more = (): void => {
      if (!answer.destroyed) answer.write(Buffer.alloc(65_536, ' '), more);
    };
    more();
    return;
  }
  const { method, url, headers } = incoming;
  const asked = request(`http://${target}${url}`, { method, headers: { ...headers, host: target } }, (from) => {
    const parts: Buffer[] = [];
    from.on('data', (part: Buffer) => parts.push(part));
    from.on('end', () => {
      const body = Buffer.concat(parts);
      if (what?.kind === 'cut') {
        answer.writeHead(from.statusCode ?? 500, from.headers);
        answer.write(body.subarray(0, body.length / 2), () => answer.destroy());
        return;
      }
      const isChanged = what?.kind === 'change' && method === 'GET';
      const sent = isChanged ? Buffer.from(body.toString('utf8').replaceAll(what.from, what.to)) : body;
      const length = method === 'GET' ? { 'content-length': String(sent.length) } : {};
      answer.writeHead(from.statusCode ?? 500, { ...from.headers, ...length }).end(sent);
    });
  });
  asked.on('error', () => answer.destroy());
  incoming.pipe(asked);
}

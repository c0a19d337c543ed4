import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or a text that is sent as it is. */
  readonly body?: unknown;
  /** Never answers, or breaks off in the middle of the body. */
  readonly fault?: 'silent' | 'cut';
  /** The answer is sent when this has settled. */
  readonly after?: Promise<unknown>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization?: string;
  readonly body: unknown;
}

export interface FakeForge {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** An HTTP server on loopback that answers as the test says: for what a real forge does rarely or not here. */
export async function startFakeForge(answer: (asked: Asked) => FakeAnswer): Promise<FakeForge> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void readAsked(request).then((one) => {
      asked.push(one);
      const given = answer(one);
      void Promise.resolve(given.after).then(() => send(response, given));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, close: () => close(server) };
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://forge.test');
  const text = Buffer.concat(chunks).toString('utf8');
  const { authorization } = request.headers;
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    ...(authorization === undefined ? {} : { authorization }),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body, fault }: FakeAnswer): void {
  if (fault === 'silent') return;
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? null);
  response.writeHead(status, {
    'content-type': 'application/json',
    ...headers,
    ...(fault === 'cut' ? { 'content-length': String(text.length + 100) } : {}),
  });
  if (fault === 'cut') {
    response.write(text);
    response.socket?.destroy();
    return;
  }
  response.end(status === 204 ? undefined : text);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

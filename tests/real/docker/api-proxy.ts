import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Call {
  readonly method: string;
  /** Without API version and query. */
  readonly path: string;
  readonly url: string;
}

export interface ApiProxy {
  readonly url: string;
  readonly calls: Call[];
  readonly writes: () => readonly Call[];
  /**
   * From the `n`th write on (1 = the next one; health checks by exec do not count) the client is cut off for good: `before` the engine hears of that write, or
   * `after` the engine has done it. What a SIGKILL of the reconciler looks like to the engine.
   */
  cutAtWrite(n: number, when: 'before' | 'after'): void;
  close(): Promise<void>;
}

/** A proxy in front of an engine's socket that records every call and can cut the client off. */
export async function startApiProxy(socket: string): Promise<ApiProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'autogit-proxy-'));
  const path = join(folder, 's');
  const calls: Call[] = [];
  const clients = new Set<Socket>();
  let cut: { left: number; readonly when: 'before' | 'after' } | undefined;
  let isCut = false;

  /** Notes the call; says what is to become of it. */
  function judge(method: string, url: string): 'pass' | 'drop' | 'then-drop' {
    if (isCut) return 'drop';
    const bare = url.replace(/\?.*$/, '').replace(/^\/v[0-9.]+/, '');
    calls.push({ method, path: bare, url });
    if (method === 'GET' || bare.includes('/exec') || cut === undefined) return 'pass';
    cut.left -= 1;
    if (cut.left > 0) return 'pass';
    isCut = true;
    return cut.when === 'before' ? 'drop' : 'then-drop';
  }

  function dropAll(): void {
    for (const client of clients) client.destroy();
  }

  const server = createServer((incoming, answer) => {
    const verdict = judge(incoming.method ?? '', incoming.url ?? '');
    if (verdict === 'drop') return dropAll();
    const { method, url, headers } = incoming;
    const onward = request({ socketPath: socket, method, path: url, headers, agent: false }, (response) => {
      if (verdict === 'then-drop') return response.resume().on('end', dropAll).on('close', dropAll);
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.on('error', () => answer.destroy());
      return response.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('upgrade', (incoming, client: Socket, head) => {
    const verdict = judge(incoming.method ?? '', incoming.url ?? '');
    if (verdict !== 'pass') return dropAll();
    const { method, url, headers } = incoming;
    const onward = request({ socketPath: socket, method, path: url, headers, agent: false });
    onward.on('error', () => client.destroy());
    onward.on('response', (response) => {
      client.write(`HTTP/1.1 ${response.statusCode} refused\r\nconnection: close\r\n\r\n`);
      response.pipe(client);
    });
    onward.on('upgrade', (_response, engine: Socket, first) => {
      client.write(
        'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
      );
      if (first.length > 0) client.write(first);
      if (head.length > 0) engine.write(head);
      client.on('error', () => engine.destroy()).on('close', () => engine.destroy());
      engine.on('error', () => client.destroy());
      client.pipe(engine);
      engine.pipe(client);
    });
    onward.end();
  });
  server.on('connection', (client: Socket) => {
    if (isCut) client.destroy();
    clients.add(client);
    client.on('close', () => clients.delete(client)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    url: `unix://${path}`,
    calls,
    writes: () => calls.filter((call) => call.method !== 'GET' && call.method !== 'HEAD'),
    cutAtWrite: (n, when) => {
      cut = { left: n, when };
    },
    async close() {
      dropAll();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

import { execFileSync, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A git server over HTTP: `git http-backend` behind Node, which can ask for a password and misbehave. */
export interface GitServer {
  readonly url: string;
  readonly requests: { readonly method: string; readonly path: string; readonly authorization?: string }[];
  /** What is done instead of serving; `undefined` serves. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Called when the pack begins to be sent. */
  onPack: (() => void) | undefined;
  close(): Promise<void>;
}

/** @param options.address of this machine; default 127.0.0.1 */
export async function startGitServer(options: {
  readonly root: string;
  readonly login?: string;
  readonly address?: string;
}): Promise<GitServer> {
  const { address = '127.0.0.1' } = options;
  const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  const requests: GitServer['requests'] = [];
  const state: Pick<GitServer, 'instead' | 'onPack'> = { instead: undefined, onPack: undefined };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://here');
    const { authorization } = request.headers;
    requests.push({
      method: request.method ?? '',
      path: url.pathname,
      ...(authorization === undefined ? {} : { authorization }),
    });
    if (state.instead !== undefined) return state.instead(request, response);
    const expected = options.login === undefined ? undefined : `Basic ${Buffer.from(options.login).toString('base64')}`;
    if (expected !== undefined && authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    if (request.method === 'POST') state.onPack?.();
    serve(backend, options.root, url, request, response);
  });
  await new Promise<void>((done) => server.listen(0, address, done));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://${address}:${port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((done) => server.close(() => done()));
    },
  });
}

/** RFC 3875: the request in environment and stdin, the answer's headers before an empty line. */
function serve(backend: string, root: string, url: URL, request: IncomingMessage, response: ServerResponse): void {
  const child = spawn(backend, [], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      HOME: '/nonexistent',
      REQUEST_METHOD: request.method,
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === undefined) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const headers = head
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n')
      .map((line) => line.split(': ') as [string, string]);
    const status = headers.find(([key]) => key === 'Status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(headers.filter(([key]) => key !== 'Status')));
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  child.on('close', () => response.end());
}

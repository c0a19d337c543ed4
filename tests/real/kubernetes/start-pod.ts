import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ApiServer } from './api.ts';
import type { Inside } from './inside-pod.ts';

/** Address of the API server for every pod: the first one of the range of Services. */
const apiAddress = '10.96.0.1';
const account = 'run/secrets/kubernetes.io/serviceaccount';
const env = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
const unshare = ['--mount', '--net', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

/** Whether this machine lets us make a network and mounts for one process. */
export const canStartPods = spawnSync('unshare', [...unshare, 'ip', 'link', 'set', 'lo', 'up'], { env }).status === 0;

export interface PodSpec {
  readonly program: string;
  /** Of its service account. */
  readonly token: string;
  readonly namespace: string;
  /** Files below `/etc`, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  /** Other pods of its network, which answer every request with what they were asked. */
  readonly others: Inside['pods'];
}

export interface RunningPod {
  /** Both streams, from the start. */
  said(): string;
  /** A request from outside: what another pod answered, or the status of any other answer. */
  ask(scheme: 'http' | 'https', port: number, host: string, path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * A program as a kubelet starts it, without one: with the API server at the address and behind the environment variables
 * of a pod, the token and the certificate at their paths, files mounted where the container has them, and ports of a
 * network of its own. Nothing tells it that there is no container.
 */
export function startPod(server: ApiServer, spec: PodSpec): RunningPod {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-pod-'));
  const files = {
    ...Object.fromEntries(Object.entries(spec.files).map(([path, text]) => [path.replace(/^\//, ''), text])),
    [`${account}/token`]: spec.token,
    [`${account}/ca.crt`]: server.ca,
    [`${account}/namespace`]: spec.namespace,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o600 });
  }
  const socketOf = (name: string | number) => join(folder, `${name}.sock`);
  const api = relay(socketOf('api'), new URL(server.url));
  const inside: Inside = {
    program: spec.program,
    env: { KUBERNETES_SERVICE_HOST: apiAddress, KUBERNETES_SERVICE_PORT: '443' },
    ways: [
      [{ host: apiAddress, port: 443 }, { path: socketOf('api') }],
      ...spec.ports.map((port) => [{ path: socketOf(port) }, { host: '127.0.0.1', port }] as const),
    ],
    pods: spec.others,
  };
  const { child, said } = start(folder, inside);
  return {
    said,
    ask: (scheme, port, host, path) => ask(scheme, { socketPath: socketOf(port), path, headers: { host } }),
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.stdin?.end();
      if (child.exitCode === null && child.signalCode === null) await ended;
      await new Promise((done) => api.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Mounts and addresses are gone with the process; nothing of them is seen outside of it. */
function start(folder: string, inside: Inside): { readonly child: ChildProcess; readonly said: () => string } {
  const addresses = new Set([apiAddress, ...inside.pods.map(({ address }) => address)]);
  const script = [
    'set -e',
    'ip link set lo up',
    ...[...addresses].map((address) => `ip address add ${address}/32 dev lo`),
    'mount --bind "$1/etc" /etc',
    'mount --bind "$1/run" /var/run',
    'shift',
    'exec "$@"',
  ].join('\n');
  const program = [process.execPath, join(import.meta.dirname, 'inside-pod.ts'), JSON.stringify(inside)];
  const child = spawn('unshare', [...unshare, 'sh', '-c', script, 'sh', folder, ...program], { env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      text += String(data);
    });
  }
  return { child, said: () => text };
}

/** Connections to a socket, which a process in another network can reach, become connections to the API server. */
function relay(path: string, to: URL): Server {
  const server = createServer((socket) => {
    const other = connect(Number(to.port), to.hostname);
    socket.pipe(other).pipe(socket);
    socket.on('error', () => other.destroy());
    other.on('error', () => socket.destroy());
  });
  return server.listen(path);
}

function ask(scheme: 'http' | 'https', options: RequestOptions): Promise<unknown> {
  return new Promise((done, fail) => {
    const request = scheme === 'http' ? httpRequest : httpsRequest;
    const call = request({ ...options, rejectUnauthorized: false, timeout: 10_000, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (data) => {
        text += String(data);
      });
      answer.on('error', fail);
      answer.on('end', () => done(answer.statusCode === 200 ? JSON.parse(text) : answer.statusCode));
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', fail);
    call.end();
  });
}

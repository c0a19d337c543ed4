/** A rendered ingress with the paths, ports and neighbours of a test, run by the real Traefik. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type PeerCertificate } from 'node:tls';
import { promisify } from 'node:util';
import { compile } from '../../../compiler/compile.ts';
import type { Platform } from '../../../compiler/model/platform.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';

export const run = promisify(execFile);

/** What a file means; it has to be without a fault. */
export async function platformOf(text: string): Promise<Platform> {
  const input = { file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets, target: 'compose' } as const;
  const { platform, diagnostics } = await compile(input);
  if (platform === undefined || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return platform;
}

/** The text of a rendered file, with some of it replaced; each that is named has to be in it. */
export function configText(platform: Platform, id: string, replaced: Readonly<Record<string, string>>): string {
  const config = platform.configs.find((each) => each.id === id);
  if (config === undefined) throw new Error(`there is no ${id}`);
  return Object.entries(replaced).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${id} does not hold ${from}:\n${text}`);
    return text.replaceAll(from, to);
  }, config.text);
}

export interface Running {
  readonly child: ChildProcess;
  said(): string;
}

export function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      said += data;
    });
  }
  return { child, said: () => said };
}

export async function until(holds: () => Promise<boolean> | boolean, said: () => string): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(100)) {
    if (await Promise.resolve(holds()).catch(() => false)) return;
  }
  throw new Error(`it does not come to it: ${said()}`);
}

/** An HTTP server on a free port. */
export async function serve(answer: (asked: IncomingMessage, answer: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** A name server for which every name is this machine. It answers over TCP, which is what Pebble asks over. */
export async function nameServer() {
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const answer = answerTo(data.subarray(2));
      socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 255]), answer]));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** RFC 1035, 4.1: the question again, and one address of type A when that was asked for. */
function answerTo(asked: Buffer): Buffer {
  const end = asked.indexOf(0, 12) + 5;
  const wantsA = asked.readUInt16BE(end - 4) === 1;
  const head = Buffer.from(asked.subarray(0, 12));
  head.writeUInt16BE(0x8580, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(wantsA ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([head, asked.subarray(12, end), ...(wantsA ? [record] : [])]);
}

/** Who certified a host, as a client that trusts `ca` sees it; with no `ca` whoever did. */
export function certificateOf(port: number, host: string, ca?: string): Promise<PeerCertificate> {
  return new Promise((done, fail) => {
    const options = { port, host: '127.0.0.1', servername: host, ...(ca === undefined ? {} : { ca }) };
    const socket = connect({ ...options, rejectUnauthorized: ca !== undefined }, () => {
      done(socket.getPeerCertificate());
      socket.end();
    });
    socket.on('error', fail);
  });
}

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

export function askHttps(
  port: number,
  host: string,
  { path = '/', headers = {}, ca }: { path?: string; headers?: Record<string, string>; ca?: string } = {},
): Promise<Answer> {
  return new Promise((done, fail) => {
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
    const options = { port, host: '127.0.0.1', servername: host, path, headers: { host, ...headers }, ...trust };
    const call = request(options, (answer) => {
      let body = '';
      answer.on('data', (data) => {
        body += data;
      });
      answer.on('end', () => done({ status: answer.statusCode ?? 0, location: answer.headers.location, body }));
    });
    call.on('error', fail);
    call.end();
  });
}

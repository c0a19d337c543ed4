import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { longestTimerMs } from '../ports/clock.ts';
import { WorldError, worldError } from './failure.ts';
import { ROUTES, type RouteName, routePath } from './routes.ts';

export interface CallRequest {
  /** Fills `{id}` or `{image}` of the route. */
  readonly id?: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`: a tar archive. */
  readonly file?: Buffer;
  readonly signal: AbortSignal;
  /** Longest wait for the whole answer, milliseconds. Default 30 s. For a stream: for its first byte. */
  readonly timeoutMs?: number;
}

/** The one way to an engine. All methods throw `WorldError` for a failing world. */
export interface Connection {
  /** For messages: `/var/run/docker.sock`, `tcp://10.0.0.2:2376`. */
  readonly place: string;
  call(route: RouteName, request: CallRequest): Promise<unknown>;
  stream(route: RouteName, request: CallRequest): Promise<Readable>;
  /** Two-way stream to the standard streams of a container. */
  attach(container: string, signal: AbortSignal): Promise<Duplex>;
  close(): void;
}

/** Newest API version whose answers this code was written for. */
const NEWEST_API = 47;

interface Modem {
  version?: string;
  dial(options: Readonly<Record<string, unknown>>, done: (error: unknown, answer: unknown) => void): void;
}

/**
 * Opens nothing yet: the client library is loaded and the API version agreed on at the first call.
 * `url`: `unix:///path`, `tcp://host:port` with TLS files `ca.pem cert.pem key.pem` in `certificates`.
 * Plain TCP without certificates is refused except to this machine itself: whoever reaches it is root there.
 */
export function openConnection(url: string, certificates: string | undefined): Connection {
  const target = parseTarget(url, certificates);
  let ready: Promise<Modem> | undefined;

  async function modem(signal: AbortSignal): Promise<Modem> {
    ready ??= prepare(target, signal);
    try {
      return await ready;
    } catch (error) {
      ready = undefined;
      throw error;
    }
  }

  return {
    place: target.place,
    async call(route, request) {
      const client = await modem(request.signal);
      try {
        return await dial(client, target.place, route, request, {});
      } catch (error) {
        // A connection kept from before an engine restart breaks at its next use; reading again is harmless.
        if (ROUTES[route].method !== 'GET' || !wasCut(error) || request.signal.aborted) throw error;
        return dial(client, target.place, route, request, {});
      }
    },
    async stream(route, request) {
      return (await dial(await modem(request.signal), target.place, route, request, { isStream: true })) as Readable;
    },
    async attach(container, signal) {
      const request = { id: container, query: { stream: true, stdin: true, stdout: true, stderr: true }, signal };
      // An empty file: any body here could be read as the first bytes of standard input.
      const extra = { hijack: true, file: Buffer.alloc(0) };
      return (await dial(await modem(signal), target.place, 'attachContainer', request, extra)) as Duplex;
    },
    close() {
      target.agent.destroy();
    },
  };
}

interface Target {
  readonly place: string;
  /** Set when this engine must not or cannot be called; every call then fails with it. */
  readonly refusal?: string;
  readonly agent: HttpAgent;
  readonly options: Readonly<Record<string, unknown>>;
}

function parseTarget(url: string, certificates: string | undefined): Target {
  const kept = { keepAlive: true, maxSockets: 32 };
  if (url.startsWith('unix://')) {
    const socketPath = url.slice('unix://'.length);
    return { place: socketPath, agent: new HttpAgent(kept), options: { socketPath, protocol: 'http' } };
  }
  const { protocol, hostname, port } = new URL(url);
  const place = `${protocol}//${hostname}:${port || (protocol === 'ssh:' ? '22' : '2376')}`;
  const agent = new HttpAgent(kept);
  if (protocol !== 'tcp:') {
    const refusal = `${place}: only unix and tcp engines can be driven so far; forward the socket (ssh -L /run/far.sock:/var/run/docker.sock ${hostname}) and use unix:///run/far.sock`;
    return { place, refusal, agent, options: {} };
  }
  if (certificates === undefined) {
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    const refusal = `${place} would be spoken to without TLS, and whoever reaches it is root there: give a folder with ca.pem, cert.pem and key.pem`;
    const options = { host: hostname, port: port || '2375', protocol: 'http' };
    return local ? { place, agent, options } : { place, refusal, agent, options };
  }
  const read = (name: string): Buffer => readFileSync(join(certificates, name));
  const tls = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  return {
    place,
    agent: new HttpsAgent({ ...kept, ...tls }),
    options: { host: hostname, port: port || '2376', protocol: 'https', ...tls },
  };
}

async function prepare(target: Target, signal: AbortSignal): Promise<Modem> {
  if (target.refusal !== undefined) throw new WorldError({ kind: 'rejected', detail: target.refusal });
  const { default: Docker } = await import('dockerode');
  // Said in full, so that no DOCKER_* variable of the environment fills a gap.
  const unset = {
    host: undefined,
    port: undefined,
    socketPath: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    timeout: undefined,
    pathPrefix: '/',
  };
  const docker = new Docker({ ...unset, ...target.options, agent: target.agent } as never);
  const client = docker.modem as unknown as Modem;
  const told = (await dial(client, target.place, 'version', { signal }, {})) as { readonly ApiVersion?: string };
  const minor = Number(/^1\.(\d+)$/.exec(told.ApiVersion ?? '')?.[1]);
  if (!Number.isInteger(minor))
    throw new WorldError({ kind: 'rejected', detail: `${target.place} does not answer like a Docker engine` });
  if (minor < 40) {
    throw new WorldError({
      kind: 'rejected',
      detail: `the engine at ${target.place} speaks API 1.${minor}; AutoGit needs 1.40 (Docker 19.03) or newer`,
    });
  }
  client.version = `v1.${Math.min(minor, NEWEST_API)}`;
  return client;
}

async function dial(
  modem: Modem,
  place: string,
  route: RouteName,
  request: CallRequest,
  extra: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const timeoutMs = request.timeoutMs ?? 30_000;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), Math.min(timeoutMs, longestTimerMs));
  const signal = AbortSignal.any([request.signal, stop.signal]);
  try {
    return await new Promise<unknown>((resolve, reject) => {
      const aborted = (): void => reject(signal.reason);
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      const { method, ok } = ROUTES[route];
      const options = {
        // The question mark asks the library for a query; query and body are always given apart, or it would put both into the URL.
        path: `${routePath(route, request.id)}?`,
        method,
        statusCodes: Object.fromEntries(ok.map((status) => [status, true])),
        options: { _query: defined(request.query ?? {}), _body: request.body ?? {} },
        ...(request.file === undefined ? {} : { file: request.file }),
        abortSignal: extra.isStream === true || extra.hijack === true ? request.signal : signal,
        ...extra,
      };
      modem.dial(options, (error, answer) => {
        signal.removeEventListener('abort', aborted);
        if (error) reject(error);
        else resolve(answer);
      });
    });
  } catch (error) {
    if (request.signal.aborted) throw new WorldError({ kind: 'cancelled', detail: `${route} was cancelled` });
    if (stop.signal.aborted)
      throw new WorldError({
        kind: 'timeout',
        detail: `the engine at ${place} did not answer ${route} within ${timeoutMs / 1000} s`,
      });
    throw worldError(error, place);
  } finally {
    clearTimeout(timer);
  }
}

function defined(query: NonNullable<CallRequest['query']>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

function wasCut(error: unknown): boolean {
  return (
    error instanceof WorldError &&
    error.failure.kind === 'unreachable' &&
    /cut the connection/.test(error.failure.detail)
  );
}

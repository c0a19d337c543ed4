import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { type Agent, type RequestOptions, Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { fail, ok, type Result } from '../../reconciler/model/result.ts';

export interface HttpCall {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer answer is refused. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Who answered: scheme, host and port. */
  readonly origin: string;
  header(name: string): string | undefined;
  readonly bytes: Buffer;
}

export interface Http {
  /** One request and its whole answer, of any status. Redirects are answers. Never throws. */
  call(call: HttpCall): Promise<Result<HttpAnswer>>;
  close(): void;
}

export interface HttpOptions {
  /** Certificates in PEM that servers are checked against, in place of those of Node. */
  readonly ca?: string;
  /** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` in either case; others are passed over. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For one request with its answer. */
  readonly timeoutMs: number;
}

/** True when the other side did not speak TLS at all; a certificate that is not trusted is another failure. */
export const noTls = 'does not speak TLS';

/** Requests by Node's own client: only it takes a proxy, own certificates and a limit for the answer without a package. */
export function createHttp({ ca, env, timeoutMs }: HttpOptions): Http {
  const proxyEnv = proxiesOf(env);
  const common = { keepAlive: true, maxSockets: 8, ...(ca === undefined ? {} : { ca }) };
  const agents = {
    http: new PlainAgent({ ...common, proxyEnv }),
    https: new TlsAgent({ ...common, proxyEnv }),
    // What is on this machine is never asked for through a proxy, as with Docker.
    nearHttp: new PlainAgent(common),
    nearHttps: new TlsAgent(common),
  };

  function agentFor({ protocol, hostname }: URL): PlainAgent | Agent {
    if (protocol === 'https:') return isLoopback(hostname) ? agents.nearHttps : agents.https;
    return isLoopback(hostname) ? agents.nearHttp : agents.http;
  }

  return {
    async call(call) {
      const limit = AbortSignal.timeout(timeoutMs);
      try {
        return await send(call, agentFor(call.url), AbortSignal.any([call.signal, limit]));
      } catch (error) {
        return explain(error, call, limit.aborted ? timeoutMs : undefined);
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function proxiesOf(env: HttpOptions['env']): Record<string, string> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name.toLowerCase()] ?? env[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

class TooLong extends Error {}

function send(call: HttpCall, agent: PlainAgent, signal: AbortSignal): Promise<Result<HttpAnswer>> {
  const { url, method, headers, body, maxBytes } = call;
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options: RequestOptions = { method, headers: { ...headers, ...length }, agent, signal };
    const sent = request(url, options, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        parts.push(part);
        if (size > maxBytes) answer.destroy(new TooLong());
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const header = (name: string): string | undefined => {
          const value = answer.headers[name];
          return Array.isArray(value) ? value.join(', ') : value;
        };
        resolve(ok({ status: answer.statusCode ?? 0, origin: url.origin, header, bytes: Buffer.concat(parts) }));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function explain(error: unknown, { url, maxBytes, signal }: HttpCall, timeoutMs: number | undefined): Result<never> {
  const { host } = url;
  if (signal.aborted) return fail('cancelled', `asking ${host} was stopped`);
  if (timeoutMs !== undefined)
    return fail('timeout', `${host} gave no whole answer within ${timeoutMs / 1000} s; try again later`);
  if (error instanceof TooLong) {
    return fail('rejected', `${host} answered with more than ${Math.round(maxBytes / 1024)} KiB; is it a registry?`);
  }
  const code = (error as NodeJS.ErrnoException).code ?? '';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fail('unreachable', `there is no address for ${host}; check the name of the registry and your network`);
    case 'ECONNREFUSED':
      return fail('unreachable', `nothing answers at ${host}; check port, network and proxy`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return fail('unreachable', `${host} cannot be reached from here; check network, firewall and proxy`);
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return fail('rejected', `${host} ${noTls}; if it is meant to be so, allow it with --insecure-registry ${host}`);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return fail(
        'rejected',
        `the certificate of ${host} is made for another name; correct the name or the certificate`,
      );
    case 'CERT_HAS_EXPIRED':
      return fail('rejected', `the certificate of ${host} has expired; renew it there`);
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return fail(
        'rejected',
        `the certificate of ${host} is signed by nobody known; name its authority with --ca-file`,
      );
    case 'ERR_PROXY_TUNNEL':
      return fail('unreachable', `the proxy would not connect to ${host}; check HTTPS_PROXY and NO_PROXY`);
    case '':
      if (error instanceof Error) throw error;
      return fail('unreachable', `asking ${host} failed`);
    default:
      return fail('unreachable', `the connection to ${host} ended early (${code}); try again`);
  }
}

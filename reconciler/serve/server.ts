/**
 * The reconciler's HTTP face on loopback: health, metrics, status, events and the dashboard.
 * Reading is open to whoever can reach the address; everything that acts needs the token that lies in the state folder.
 */
import { timingSafeEqual } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Decision } from '../model/decision.ts';
import type { RevisionRecord } from '../model/record.ts';
import type { Status } from '../model/status.ts';
import type { Log } from '../ports/log.ts';
import type { Assets } from './assets.ts';
import { createEventStreams } from './event-streams.ts';
import { healthOf } from './health.ts';
import { createMetrics } from './metrics.ts';
import { pageHeaders } from './page-headers.ts';
import { renderPlain } from './plain-page.ts';

export interface ServerOptions {
  /** Default 127.0.0.1. Another address than loopback must be asked for by the operator. */
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Names that the `Host` header may carry besides loopback and `host`, for a reverse proxy. */
  readonly allowedHosts?: readonly string[];
  readonly assets: Assets;
  /** Needed for `POST` routes as `Authorization: Bearer …`. */
  readonly token: string;
  readonly status: () => Status;
  /** Calls `listener` after every change; returns a function that ends it. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly decisions: (pool: string, limit: number) => readonly Decision[];
  /** What would be done now, as `autogit plan --format json` prints it. Writes nothing. */
  readonly plan: () => Promise<unknown>;
  readonly applyPlan: (digest: string) => Promise<unknown>;
  readonly wake: () => void;
  /** The revision that was applied last, with its files; undefined when none was. */
  readonly applied: () => RevisionRecord | undefined;
  readonly log: Log;
}

export interface RunningServer {
  /** `http://127.0.0.1:4280`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Starts listening. Throws when the port is taken (`EADDRINUSE`) or the address is not ours. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const app = Fastify({
    bodyLimit: 262_144,
    requestTimeout: 10_000,
    connectionTimeout: 30_000,
    forceCloseConnections: true,
  });
  guard(app, options);
  health(app, options);
  api(app, options);
  const streams = createEventStreams({ status: options.status, subscribe: options.subscribe });
  app.get('/api/events', (request, reply) => streams.open(request, reply));
  pages(app, options);
  const address = await app.listen({ host: options.host ?? '127.0.0.1', port: options.port });
  return {
    // Where all addresses are listened on, this one reaches us in any case.
    address: address.replace(/\/\/(\[::\]|0\.0\.0\.0):/, (_, all) => (all === '[::]' ? '//[::1]:' : '//127.0.0.1:')),
    close: async () => {
      streams.close();
      await app.close();
    },
  };
}

/** Refuses names that a rebinding page would carry, and adds the headers that every answer has. */
function guard(app: FastifyInstance, options: ServerOptions): void {
  const own = options.host === undefined ? [] : [options.host.includes(':') ? `[${options.host}]` : options.host];
  const allowed = new Set(['localhost', '127.0.0.1', '[::1]', ...own, ...(options.allowedHosts ?? [])]);
  app.addHook('onRequest', async (request, reply) => {
    for (const [name, value] of Object.entries(pageHeaders)) reply.header(name, value);
    const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (!allowed.has(name))
      return reply
        .code(421)
        .send({ error: `this server does not answer to the name ${JSON.stringify(name.slice(0, 80))}` });
    const origin = request.headers.origin;
    if (origin !== undefined && URL.parse(origin)?.host !== request.headers.host)
      return reply.code(403).send({ error: 'requests from other pages are refused' });
  });
  app.setErrorHandler((error, request, reply) => {
    const known = error as { statusCode?: number; message: string };
    const code = known.statusCode ?? 500;
    if (code >= 500) options.log.error('http.failed', { path: request.url, detail: known.message });
    return reply
      .code(code)
      .send({ error: code >= 500 ? `something failed here, see the log (request ${request.id})` : known.message });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `nothing is at ${request.url.slice(0, 200)}` }),
  );
}

function health(app: FastifyInstance, options: ServerOptions): void {
  for (const probe of ['livez', 'readyz', 'startupz'] as const)
    app.get(`/${probe}`, (_request, reply) => {
      const answer = healthOf(probe, options.status());
      return reply.code(answer.ok ? 200 : 503).send(answer);
    });
  const metrics = createMetrics();
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.render(options.status())),
  );
}

function api(app: FastifyInstance, options: ServerOptions): void {
  app.get('/api/status', (_request, reply) => reply.send(options.status()));
  app.get<{ Params: { pool: string } }>('/api/pools/:pool', (request, reply) => {
    const pool = options.status().pools.find((each) => each.pool === request.params.pool);
    if (pool === undefined)
      return reply.code(404).send({
        error: `there is no pool ${request.params.pool}`,
        pools: options.status().pools.map((each) => each.pool),
      });
    return reply.send({ ...pool, decisions: options.decisions(pool.pool, 50) });
  });
  app.get('/api/plan', async (_request, reply) => reply.send(await options.plan()));
  const needsToken = {
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => requireToken(request, reply, options.token),
  };
  app.post('/api/wake', needsToken, (_request, reply) => {
    options.wake();
    return reply.code(202).send({ woken: true });
  });
  // A platform file may say what not everybody on the machine should read.
  app.post('/api/revision', needsToken, (_request, reply) => {
    const applied = options.applied();
    return applied === undefined ? reply.code(404).send({ error: 'no revision was applied yet' }) : reply.send(applied);
  });
  const body = {
    type: 'object',
    required: ['digest'],
    additionalProperties: false,
    properties: { digest: { type: 'string', pattern: '^[0-9a-f]{8,64}$' } },
  };
  app.post<{ Body: { digest: string } }>('/api/apply', { ...needsToken, schema: { body } }, async (request, reply) =>
    reply.send(await options.applyPlan(request.body.digest)),
  );
}

function requireToken(request: FastifyRequest, reply: FastifyReply, token: string): FastifyReply | undefined {
  const given = Buffer.from((request.headers.authorization ?? '').replace(/^Bearer /, ''));
  const wanted = Buffer.from(token);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return undefined;
  return reply
    .code(401)
    .send({ error: 'this needs the token from http.json in the state folder, as Authorization: Bearer …' });
}

/** The dashboard from a fixed map in memory; without scripts the same state as plain HTML. */
function pages(app: FastifyInstance, options: ServerOptions): void {
  app.get('/', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(options.assets.page(renderPlain(options.status()))),
  );
  for (const [path, asset] of options.assets.files) {
    app.get(path, (_request, reply) => reply.type(asset.type).header('cache-control', 'no-cache').send(asset.body));
  }
}

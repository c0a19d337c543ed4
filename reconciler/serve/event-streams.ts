/** Server-sent events: the whole status after each change, coalesced per client, with a heartbeat and bounds. */

import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Status } from '../model/status.ts';

const maxClients = 100;
const maxClientsPerAddress = 10;
const heartbeatMs = 15_000;
/** Several changes within this time become one event. */
const coalesceMs = 100;

export interface EventStreams {
  open(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined;
  close(): void;
}

interface Client {
  readonly address: string;
  readonly response: ServerResponse;
}

export function createEventStreams(options: {
  readonly status: () => Status;
  readonly subscribe: (listener: () => void) => () => void;
}): EventStreams {
  const clients = new Set<Client>();
  let sequence = 0;
  let timer: NodeJS.Timeout | undefined;
  const drop = (client: Client): void => {
    clients.delete(client);
    client.response.destroy();
  };
  const send = (client: Client, text: string): void => {
    // A reader that does not keep up is closed; its page reconnects and gets the newest state.
    if (client.response.writableLength > 1_000_000) drop(client);
    else client.response.write(text);
  };
  const event = (): string => `id: ${sequence}\nevent: status\ndata: ${JSON.stringify(options.status())}\n\n`;
  const broadcast = (): void => {
    timer = undefined;
    sequence += 1;
    const text = event();
    for (const client of clients) send(client, text);
  };
  const unsubscribe = options.subscribe(() => {
    if (timer === undefined && clients.size > 0) timer = setTimeout(broadcast, coalesceMs);
  });
  const heartbeat = setInterval(() => {
    for (const client of clients) send(client, ': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();
  return {
    open(request, reply) {
      const address = request.ip;
      const same = [...clients].filter((client) => client.address === address).length;
      if (clients.size >= maxClients || same >= maxClientsPerAddress)
        return reply
          .code(503)
          .header('retry-after', '10')
          .send({ error: 'too many open event streams; close a tab and try again' });
      reply.hijack();
      const response = reply.raw;
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) response.setHeader(name, value as string);
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'x-accel-buffering': 'no',
        connection: 'keep-alive',
      });
      const client = { address, response };
      clients.add(client);
      response.on('close', () => clients.delete(client));
      response.write('retry: 2000\n\n');
      send(client, event());
      return undefined;
    },
    close() {
      unsubscribe();
      clearInterval(heartbeat);
      if (timer !== undefined) clearTimeout(timer);
      for (const client of clients) drop(client);
    },
  };
}

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that Linux gives to connections and to whoever asks for any port (32768 and up, ip_local_port_range). */
const FIRST = 20_000;
const LAST = 30_000;

/**
 * A port of `address` that nobody listens on. A program that is started on it later still finds it free: nothing takes a
 * port of this range by chance, and two calls hardly ever draw the same.
 */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(FIRST, LAST);
    if (await canListen(address, port)) return port;
  }
  throw new Error(`no free port on ${address} between ${FIRST} and ${LAST}`);
}

function canListen(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}

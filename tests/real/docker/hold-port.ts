import { setTimeout as sleep } from 'node:timers/promises';
import type { TestEngine } from './start-engine.ts';

const LIMIT_MS = 60_000;

/** Lets a program of the engine's host listen on `port`, as a web server there would; the function that comes back ends it. */
export async function holdPort(engine: TestEngine, port: number): Promise<() => Promise<void>> {
  const start = `busybox httpd -f -p ${port} -h /usr/share </dev/null >/dev/null 2>&1 & echo $!`;
  const pid = (await engine.exec('sh', '-c', start)).trim();
  await untilListening(engine, port, true);
  return async () => {
    await engine.exec('kill', '-KILL', pid);
    await untilListening(engine, port, false);
  };
}

/** Local address, remote address and state (0A: listening) as the kernel's tables have them (proc(5), /proc/net/tcp). */
async function untilListening(engine: TestEngine, port: number, wanted: boolean): Promise<void> {
  const listening = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+:0000 0A `);
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await sleep(50)) {
    const tables = await engine.exec('cat', '/proc/net/tcp', '/proc/net/tcp6');
    if (listening.test(tables) === wanted) return;
  }
  throw new Error(`port ${port} of the engine's host ${wanted ? 'is not taken' : 'is still taken'}`);
}

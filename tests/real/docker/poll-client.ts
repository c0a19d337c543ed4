/**
 * A client that polls `http://NAME:PORT/` until the file STOP appears and it got one more answer, then prints what it saw
 * as JSON. After its twentieth answer it writes the file STOP.begun. Each request looks the name up at the engine's own name
 * server and tries its addresses in turn, as browsers, curl and Go programs do.
 * usage (in the network namespace of a container): node poll-client.ts NAME PORT STOP
 */
import { Resolver } from 'node:dns/promises';
import { existsSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { LookupFunction } from 'node:net';

const BEGUN = 20;
const [name = '', port = '', stop = ''] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 1000, tries: 2 });
resolver.setServers(['127.0.0.11']);
const answers: Record<string, number> = {};
const failures: string[] = [];
let last = '';
let answeredAt = performance.now();
let longestGapMs = 0;
for (let goOn = true; goOn; ) {
  const asked = existsSync(stop);
  try {
    last = (await ask(await resolver.resolve4(name))).split(' ')[0] ?? '';
    answers[last] = (answers[last] ?? 0) + 1;
    longestGapMs = Math.max(longestGapMs, performance.now() - answeredAt);
    answeredAt = performance.now();
    if (answers[last] === BEGUN) writeFileSync(`${stop}.begun`, '');
    goOn = !asked;
  } catch (error) {
    failures.push(String(error));
    goOn = failures.length < 1000;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
}
process.stdout.write(JSON.stringify({ answers, failures, last, longestGapMs }));

function ask(addresses: readonly string[]): Promise<string> {
  const all = addresses.map((address) => ({ address, family: 4 }));
  // Typed for one address; Node asks it for all of them and tries them in turn (node:net, `lookup`).
  const lookup = ((_host: string, _options: object, done: (error: null, found: typeof all) => void) =>
    done(null, all)) as unknown as LookupFunction;
  return new Promise((resolve, reject) => {
    const call = get({ host: name, port, lookup, agent: false, timeout: 2000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve(text)).on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('timeout'))).on('error', reject);
  });
}

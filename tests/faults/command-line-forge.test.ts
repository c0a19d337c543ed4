import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildProgram, type Program } from './program.ts';

const token = 'canary-of-the-forge-0815';

let program: Program;
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const asked: string[] = [];

beforeAll(async () => {
  program = await buildProgram();
}, 180_000);
afterAll(() => program.close());
beforeEach(async () => {
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

/** A platform that is nothing but a pool of processes on this machine, for a forge that is there. */
function platform(): readonly string[] {
  const folder = program.folder();
  const file = join(folder, 'autogit.yaml');
  const { port } = server.address() as AddressInfo;
  writeFileSync(
    file,
    `name: home
domain: home.lan
hosts: { here: { engine: process } }
forge: { use: gitea, url: "http://127.0.0.1:${port}" }
runners: { linux: { labels: [linux], size: { min: 1, max: 3 } } }
`,
  );
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, `processPrograms: [${process.execPath}]\n`, { mode: 0o600 });
  return ['--file', file, '--state', join(folder, 'state'), '--policy', policy];
}

const status =
  (code: number, body = '', headers: Readonly<Record<string, string>> = {}) =>
  (_request: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(code, headers).end(body);

describe('a forge that does not play along: the pool is held, nothing is asked of it, and 69', {
  timeout: 180_000,
}, () => {
  it.each<readonly [what: string, says: RegExp, answer: typeof answer]>([
    ['401: the token is unknown', /token/, status(401, '{"message":"user does not exist"}')],
    ['403: the token may not', /token|scope/, status(403, '{"message":"token does not have scope"}')],
    ['429: too many questions', /wait|429|limit/, status(429, '', { 'retry-after': '60' })],
    ['500', /500/, status(500, 'oops')],
    ['503 of a proxy', /503/, status(503, '<html>down</html>')],
    ['`null`', /not Gitea's; check that forge\.url/, status(200, 'null', { 'content-type': 'application/json' })],
    [
      'a page that is not its API',
      /JSON|answer|understood/,
      status(200, '<html>login</html>', { 'content-type': 'text/html' }),
    ],
    ['a connection that is cut', /./, (request) => void request.socket.destroy()],
    ['silence', /answer|time/, () => undefined],
  ])('%s', async (_what, says, played) => {
    answer = played;
    const flags = platform();
    const env = { AUTOGIT_FORGE_TOKEN: token };
    const plan = await program.run(['plan', ...flags], { env });
    expect(plan).toMatchObject({ code: 69, err: '' });
    const [, reason = ''] = /^ {2}! {3}(linux: .*)$/m.exec(plan.out) ?? [];
    expect(reason, plan.out).toMatch(says);
    expect(plan.out).toMatch(/held at 0/);
    const once = await program.run(['reconcile', '--once', ...flags, '--log', 'json', '--log-level', 'debug'], { env });
    expect(once.code).toBe(69);
    expect(once.err).toMatch(/"event":"held"/);
    for (const said of [plan, once]) {
      expect(said.out + said.err).not.toContain(token);
      expect(said.err).not.toMatch(/^\s+at /m);
    }
    expect(asked.filter((line) => !line.startsWith('GET '))).toEqual([]);
  });

  it('a token that is not set', async () => {
    answer = status(200, '{}');
    const plan = await program.run(['plan', ...platform()]);
    expect(plan).toMatchObject({ code: 69, out: expect.stringMatching(/AUTOGIT_FORGE_TOKEN/) });
  });
});

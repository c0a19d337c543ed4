import { mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GitServer, startGitServer } from '../follow/git-http.ts';
import { createRepository, type TestRepository } from '../follow/git-repository.ts';
import { buildProgram, type Program } from './program.ts';

const canary = 'canary-4711-of-the-repository';
const good = `name: home
domain: home.lan
gitops: { interval: 5s }
services:
  web: { image: "web:1", port: 80 }
`;

let program: Program;
let repository: TestRepository;
let server: GitServer;
let state: string;

beforeAll(async () => {
  program = await buildProgram();
}, 180_000);
afterAll(() => program.close());
beforeEach(async () => {
  const folder = program.folder();
  repository = createRepository(folder);
  repository.commit({ 'autogit.yaml': good });
  server = await startGitServer({ root: join(folder, 'server') });
  state = join(folder, 'state');
});
afterEach(() => server.close());

const url = () => `${server.url}/platform.git`;
const from = (...more: string[]) => ['--embedded', '--repo', url(), '--state', state, ...more];
const once = (...more: string[]) => program.run(['reconcile', '--once', '--log', 'text', ...from(...more)]);

describe('a repository that cannot be read', { timeout: 180_000 }, () => {
  it('is not there: 69, nothing is made', async () => {
    server.instead = (_request, response) => void response.writeHead(404).end();
    for (const said of [await once(), await program.run(['plan', ...from()])]) {
      expect(said.code).toBe(69);
      expect(said.err).toMatch(/platform\.git: .*not found; check the address/);
      expect(said.err).not.toMatch(/^\s+at /m);
    }
  });

  it('has no such branch: 69, with its name', async () => {
    const said = await once('--branch', 'trunk');
    expect(said).toMatchObject({ code: 69, err: expect.stringMatching(/source\.down .*trunk/) });
  });

  it('asks for a token: 69, and which variable holds it', async () => {
    server.instead = (_request, response) =>
      void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    expect(await once()).toMatchObject({ code: 69, err: expect.stringMatching(/AUTOGIT_GIT_TOKEN/) });
  });

  it('has no server behind it: 69', async () => {
    await server.close();
    expect(await once()).toMatchObject({ code: 69, err: expect.stringMatching(/source\.down detail=/) });
  });

  it('answers 503: 69', async () => {
    server.instead = (_request, response) => void response.writeHead(503).end();
    expect(await once()).toMatchObject({ code: 69, err: expect.stringMatching(/503|server/) });
  });
});

describe('a repository that changes under the reconciler', { timeout: 240_000 }, () => {
  it('loses its branch, then itself: what runs goes on, the status says why, and it is followed again', async () => {
    const service = await program.service(from('--branch', 'main'), state);
    const first = await service.until('all is well', ({ health }) => health === 'ok');

    repository.push(':main');
    const noBranch = await service.until('the branch is missed', ({ source }) => source.failure !== undefined);
    expect(noBranch.source.failure).toMatch(/main/);
    expect(noBranch.units.every(({ state: each }) => each === 'ok')).toBe(true);
    expect(noBranch).toMatchObject({ health: 'attention' });

    renameSync(repository.bare, `${repository.bare}.away`);
    await program.run(['plan', '--state', state]);
    const gone = await service.until(
      'the repository is missed',
      ({ source }) => source.failure !== undefined && source.failure !== noBranch.source.failure,
    );
    expect(gone.units.every(({ state: each }) => each === 'ok')).toBe(true);
    expect((await program.run(['status', '--state', state])).out).toMatch(/cannot be read: /);
    expect(await program.run(['plan', '--state', state])).toMatchObject({ code: 69 });

    renameSync(`${repository.bare}.away`, repository.bare);
    repository.commit({ 'autogit.yaml': good.replace('web:1', 'web:2') });
    const plan = await program.run(['plan', '--state', state]);
    expect(plan).toMatchObject({ code: 2, out: expect.stringMatching(/web on local \(image 1 → 2/) });
    await service.until(
      'the new commit is applied',
      (status) => status.revision?.state === 'applied' && status.revision.revision !== first.revision?.revision,
      90_000,
    );
  });

  it('is rewritten by a force-push: followed, with an event, in status and log', async () => {
    const service = await program.service(from(), state);
    await service.until('all is well', ({ health }) => health === 'ok');
    repository.git('commit', '--quiet', '--amend', '-m', 'as if it had always been so', '--allow-empty');
    repository.push('--force', 'HEAD:main');
    const rewritten = await service.until('the rewrite is seen', ({ source }) => source.rewritten === true);
    const head = repository.git('rev-parse', 'HEAD');
    expect(rewritten.source.revision).toBe(head);
    const done = await service.until(
      'it is in force',
      ({ revision }) => revision?.revision === head && revision.state === 'applied',
    );
    const events = done.events.filter(({ event }) => event === 'source.rewritten');
    expect(events).toMatchObject([
      { revision: head, detail: expect.stringMatching(/^branch main was rewritten \(force-push\)/) },
    ]);
    expect((await program.run(['status', '--state', state])).out).toMatch(/the branch was rewritten by a force-push/);
    expect(readFileSync(`${state}.log`, 'utf8')).toMatch(/"event":"source\.rewritten"/);
  });
});

describe('the token of the repository', { timeout: 180_000 }, () => {
  it('is shown nowhere: not in logs, plan, status, errors or the state folder', async () => {
    await server.close();
    server = await startGitServer({ root: join(repository.bare, '..'), login: `oauth2:${canary}` });
    const env = { AUTOGIT_GIT_TOKEN: canary };
    const told: string[] = [];
    const say = async (args: readonly string[], token = canary) => {
      const said = await program.run(args, { env: { AUTOGIT_GIT_TOKEN: token } });
      told.push(said.out, said.err);
      return said;
    };
    expect(await say(['plan', '--format', 'json', ...from()])).toMatchObject({ code: 2 });
    expect(await say(['reconcile', '--once', '--log-level', 'debug', ...from()])).toMatchObject({ code: 0 });
    expect(await say(['plan', ...from()], `${canary}-wrong`)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^note: .* cannot be read: .*AUTOGIT_GIT_TOKEN/),
    });
    // A server that repeats what it was told.
    server.instead = (request, response) =>
      void response
        .writeHead(500, { 'content-type': 'text/plain' })
        .end(`bad login ${request.headers.authorization} ${canary}`);
    expect(await say(['reconcile', '--once', '--log-level', 'debug', ...from()])).toMatchObject({ code: 69 });
    // A commit and an address that hold it.
    server.instead = undefined;
    repository.commit({ 'autogit.yaml': `${good}#\n` }, `the token is ${canary}`);
    expect(await say(['reconcile', '--once', '--log-level', 'debug', ...from()])).toMatchObject({ code: 0 });
    const inUrl = url().replace('http://', `http://oauth2:${canary}@`);
    const wrong = ['reconcile', '--once', '--embedded', '--repo', inUrl, '--state', state];
    await say(wrong);
    expect(told.join('\n')).not.toContain(canary);
    expect(told.join('\n')).not.toContain(Buffer.from(`oauth2:${canary}`).toString('base64'));
    const service = await program.service(from(), state, env);
    const status = await service.until('it is read', ({ source }) => source.revision !== undefined);
    expect(JSON.stringify(status.source.failure ?? '')).not.toContain(canary);
    expect(readFileSync(`${state}.log`, 'utf8')).not.toContain(canary);
    for (const path of filesBelow(state).filter((path) => !path.includes('/mirror.git/')))
      expect(readFileSync(path).includes(canary), path).toBe(false);
  });
});

function filesBelow(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

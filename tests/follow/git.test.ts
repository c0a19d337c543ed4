import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGitSource } from '../../reconciler/follow/git.ts';
import { ok } from '../../reconciler/model/result.ts';
import { Secret } from '../../reconciler/model/secret.ts';
import type { Source } from '../../reconciler/ports/source.ts';
import { silentLog } from '../fakes/silent-log.ts';
import { type GitServer, startGitServer } from './git-http.ts';
import { createRepository, type TestRepository } from './git-repository.ts';
import { realClock } from './real-clock.ts';

let folder: string;
let repository: TestRepository;
const never = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'autogit-follow-'));
  repository = createRepository(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function follow(options: Partial<Parameters<typeof createGitSource>[0]> = {}): Source {
  return createGitSource({
    url: repository.url,
    branch: 'main',
    path: 'autogit.yaml',
    directory: join(folder, 'state'),
    clock: realClock,
    log: silentLog,
    allowFileProtocol: true,
    ...options,
  });
}

describe('a branch that moves', () => {
  it('delivers the file of each commit, with what people want to know of it', async () => {
    const first = repository.commit({ 'autogit.yaml': 'name: first\n' }, 'First platform\n\nwith a body');
    const source = follow();
    expect(await source.head(never)).toEqual(
      ok({
        revision: first,
        branch: 'main',
        subject: 'First platform',
        author: 'Ada',
        rewritten: false,
        text: 'name: first\n',
      }),
    );
    const second = repository.commit({ 'autogit.yaml': 'name: second\n' });
    expect(await source.head(never)).toMatchObject({
      value: { revision: second, text: 'name: second\n', rewritten: false },
    });
  });

  it('delivers the lock beside the file, from the same commit', async () => {
    repository.commit({
      'hosts/home.yaml': 'name: first\n',
      'hosts/home.lock': 'version: 1\n',
      'home.lock': 'other\n',
    });
    const source = follow({ path: 'hosts/home.yaml' });
    expect(await source.head(never)).toMatchObject({ value: { text: 'name: first\n', lock: 'version: 1\n' } });
    repository.commit({ 'hosts/home.lock': 'version: 1 # moved\n' });
    expect(await source.head(never)).toMatchObject({ value: { text: 'name: first\n', lock: 'version: 1 # moved\n' } });
    repository.commit({ 'hosts/home.lock': null });
    const without = await source.head(never);
    expect(without.ok && 'lock' in without.value).toBe(false);
  });

  it('refuses a commit whose lock cannot be read: it is not as if there were none', async () => {
    repository.commit({ 'autogit.yaml': 'name: first\n', 'autogit.lock': { link: '/etc/passwd' } });
    expect(await follow().head(never)).toMatchObject({
      ok: false,
      failure: { kind: 'rejected', detail: expect.stringMatching(/^autogit\.lock at \w{7} is a symbolic link/) },
    });
  });

  const named = async (): Promise<readonly string[]> => ['conf/app.conf', 'secrets.enc.yaml'];
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it('delivers the files that the platform file names, from the same commit and its own folder', async () => {
    repository.commit({ 'hosts/home.yaml': 'name: x\n', 'hosts/conf/app.conf': 'one\n', 'conf/app.conf': 'other\n' });
    const source = follow({ path: 'hosts/home.yaml', named });
    expect(await source.head(never)).toMatchObject({ value: { files: { 'conf/app.conf': base64('one\n') } } });
    const revision = repository.commit({ 'hosts/conf/app.conf': 'two\n', 'hosts/secrets.enc.yaml': '\xff' });
    expect(await source.head(never)).toMatchObject({
      value: { revision, files: { 'conf/app.conf': base64('two\n'), 'secrets.enc.yaml': base64('\xff') } },
    });
    repository.commit({ 'hosts/conf/app.conf': null, 'hosts/secrets.enc.yaml': null });
    expect(await source.head(never)).toMatchObject({ value: { files: {} } });
  });

  it('refuses a commit in which a named file is a link, a folder or a submodule, or too large: it is not missing', async () => {
    const refused = async (detail: RegExp): Promise<void> =>
      expect(await follow({ named }).head(never)).toMatchObject({
        ok: false,
        failure: { kind: 'rejected', detail: expect.stringMatching(detail) },
      });
    repository.commit({ 'autogit.yaml': 'name: x\n', 'conf/app.conf': { link: '/etc/passwd' } });
    await refused(/^conf\/app\.conf at \w{7} is a symbolic link, which is not followed; commit it as a regular file/);
    repository.commit({ 'conf/app.conf': null, 'conf/app.conf/deeper': 'x' });
    await refused(/is a folder/);
    repository.commit({ 'conf/app.conf': 'x'.repeat(1024 * 1024 + 1) });
    await refused(/is larger than 1 MiB/);
    repository.commit({ 'conf/app.conf': null });
    repository.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${repository.git('rev-parse', 'HEAD')},conf/app.conf`,
    );
    repository.git('commit', '--quiet', '-m', 'a submodule');
    repository.push();
    await refused(/is a submodule/);
  });

  it('makes a new mirror when a named file is damaged in it, and does not call the file missing', async () => {
    repository.commit({ 'autogit.yaml': 'name: x\n', 'conf/app.conf': 'one\n' });
    await follow({ named }).head(never);
    const mirror = join(folder, 'state', 'mirror.git');
    const id = repository.git('rev-parse', 'HEAD:conf/app.conf');
    const loose = join(mirror, 'objects', id.slice(0, 2), id.slice(2));
    repository.git('--git-dir', mirror, 'cat-file', '-e', id);
    rmSync(join(mirror, 'objects', 'pack'), { recursive: true, force: true });
    rmSync(loose, { force: true });
    expect(await follow({ named }).head(never)).toMatchObject({
      ok: true,
      value: { files: { 'conf/app.conf': base64('one\n') } },
    });
  });

  it('keeps the exact bytes of the commit whatever attributes and line endings say', async () => {
    const text = 'name: x\r\ncommit: $Format:%H$ $Id$\n';
    repository.git('config', 'core.autocrlf', 'false');
    repository.git('config', 'filter.evil.clean', 'cat');
    repository.commit({ 'autogit.yaml': text });
    repository.commit({ '.gitattributes': '*.yaml export-subst ident filter=evil\n' });
    expect(await follow().head(never)).toMatchObject({ value: { text } });
  });

  it('says that the branch was rewritten, also after a restart, and follows it', async () => {
    repository.commit({ 'autogit.yaml': 'name: first\n' });
    repository.commit({ 'autogit.yaml': 'name: second\n' });
    const source = follow();
    await source.head(never);
    repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    repository.git('commit', '--quiet', '--allow-empty', '-m', 'another past');
    repository.push('--force', 'HEAD:main');
    const revision = repository.git('rev-parse', 'HEAD');
    expect(await source.head(never)).toMatchObject({ value: { revision, rewritten: true, text: 'name: first\n' } });
    expect(await follow().head(never)).toMatchObject({ value: { revision, rewritten: true } });
    repository.commit({ 'autogit.yaml': 'name: third\n' });
    expect(await follow().head(never)).toMatchObject({ value: { rewritten: false, text: 'name: third\n' } });
  });

  it('notices a rewritten branch although the mirror was lost in between', async () => {
    repository.commit({ 'autogit.yaml': 'name: first\n' });
    await follow().head(never);
    repository.git('commit', '--quiet', '--amend', '-m', 'changed');
    repository.push('--force', 'HEAD:main');
    rmSync(join(folder, 'state', 'mirror.git'), { recursive: true });
    expect(await follow().head(never)).toMatchObject({ value: { rewritten: true } });
  });

  it('reads a SHA-256 repository', async () => {
    const bare = join(folder, 'sha256.git');
    repository.git('init', '--quiet', '--bare', '--object-format=sha256', '--initial-branch=main', bare);
    const work = join(folder, 'sha256');
    repository.git('init', '--quiet', '--object-format=sha256', '--initial-branch=main', work);
    repository.git('-C', work, 'commit', '--quiet', '--allow-empty', '-m', 'x');
    repository.git('-C', work, 'push', '--quiet', bare, 'HEAD:main');
    const result = await follow({ url: `file://${bare}` }).head(never);
    expect(result).toMatchObject({
      ok: false,
      failure: { kind: 'not-found', detail: expect.stringContaining('has no autogit.yaml') },
    });
  });
});

describe('a commit that cannot be used', () => {
  const cases = [
    ['has no such file', { 'readme.md': 'x' }, 'not-found', /^commit [0-9a-f]{7} has no autogit\.yaml; add the file/],
    [
      'has a symbolic link in its place (G15)',
      { 'autogit.yaml': { link: '/etc/passwd' } },
      'rejected',
      /is a symbolic link, which is not followed; commit it as a regular file/,
    ],
    ['has a folder in its place', { 'autogit.yaml/x': 'y' }, 'rejected', /is a folder; commit it/],
    ['has more than 1 MiB', { 'autogit.yaml': 'x'.repeat(1024 * 1024 + 1) }, 'rejected', /is larger than 1 MiB/],
    [
      'is not UTF-8 (G23)',
      { 'autogit.yaml': Buffer.from([0x6e, 0xff, 0xfe]) },
      'rejected',
      /is not UTF-8 text; save it as UTF-8/,
    ],
  ] as const;
  for (const [what, files, kind, sentence] of cases) {
    it(what, async () => {
      repository.commit(files);
      expect(await follow().head(never)).toEqual({
        ok: false,
        failure: { kind, detail: expect.stringMatching(sentence) },
      });
    });
  }

  it('has a submodule in its place', async () => {
    const id = repository.commit({ 'readme.md': 'x' });
    repository.git('update-index', '--add', '--cacheinfo', `160000,${id},autogit.yaml`);
    repository.git('commit', '--quiet', '-m', 'submodule');
    repository.push();
    expect(await follow().head(never)).toMatchObject({
      failure: { kind: 'rejected', detail: expect.stringContaining('is a submodule') },
    });
  });

  it('is followed by a good one', async () => {
    repository.commit({ 'autogit.yaml': 'name: first\n' });
    const source = follow();
    await source.head(never);
    repository.commit({ 'autogit.yaml': null });
    expect(await source.head(never)).toMatchObject({ ok: false });
    repository.commit({ 'autogit.yaml': 'name: third\n' });
    expect(await source.head(never)).toMatchObject({ ok: true, value: { text: 'name: third\n', rewritten: false } });
  });
});

describe('a server over HTTP', () => {
  let server: GitServer;
  const login = { user: 'robot', token: () => Promise.resolve(ok(new Secret('s3cr3t-t0ken'))) };
  const http = (more: Partial<Parameters<typeof createGitSource>[0]> = {}): Source =>
    follow({ url: `${server.url}/platform.git`, allowFileProtocol: false, ...more });

  beforeEach(async () => {
    repository.commit({ 'autogit.yaml': 'name: first\n' });
    server = await startGitServer({ root: join(folder, 'server'), login: 'robot:s3cr3t-t0ken' });
  });
  afterEach(() => server.close());

  it('gives the token to the server and makes one listing per idle call', async () => {
    const source = http({ credentials: login });
    expect(await source.head(never)).toMatchObject({ ok: true, value: { text: 'name: first\n' } });
    server.requests.length = 0;
    expect(await source.head(never)).toMatchObject({ ok: true });
    const served = server.requests
      .filter(({ authorization }) => authorization !== undefined)
      .map(({ method, path }) => `${method} ${path}`);
    expect(served).toEqual(['GET /platform.git/info/refs', 'POST /platform.git/git-upload-pack']);
  });

  it('says what is missing when there is no token or a wrong one', async () => {
    const wrong = { ...login, token: () => Promise.resolve(ok(new Secret('not-that-one'))) };
    for (const source of [http(), http({ credentials: wrong, directory: join(folder, 'other') })]) {
      const result = await source.head(never);
      expect(result).toMatchObject({
        failure: {
          kind: 'unauthorized',
          detail: expect.stringContaining('give a token or key that may read the repository'),
        },
      });
      expect(JSON.stringify(result)).not.toContain('not-that-one');
    }
  });

  it('never gives the token to another address that the server sends to', async () => {
    const other = await startGitServer({ root: join(folder, 'server'), login: 'robot:s3cr3t-t0ken' });
    server.instead = (request, response) =>
      void response.writeHead(302, { location: `${other.url}${request.url}` }).end();
    const result = await http({ credentials: login }).head(never);
    await other.close();
    expect(result).toMatchObject({ ok: false });
    expect(other.requests).toEqual([]);
  });

  const answers = [
    [429, 'rate-limited', 'too many requests'],
    [503, 'unreachable', 'check that the server runs'],
    [404, 'not-found', 'check the address'],
    [403, 'unauthorized', 'give a token'],
  ] as const;
  for (const [status, kind, sentence] of answers) {
    it(`answers ${status}`, async () => {
      server.instead = (_, response) => void response.writeHead(status).end();
      expect(await http({ credentials: login }).head(never)).toMatchObject({
        failure: { kind, detail: expect.stringContaining(sentence) },
      });
    });
  }

  it('is not asked again before the time that it set', async () => {
    server.instead = (_, response) => void response.writeHead(429).end();
    const source = http({ credentials: login });
    await source.head(never);
    const asked = server.requests.length;
    expect(await source.head(never)).toMatchObject({ failure: { kind: 'rate-limited' } });
    expect(server.requests.length).toBe(asked);
  });

  it('is down and comes back', async () => {
    const source = http({ credentials: login });
    server.instead = (_, response) => void response.destroy();
    expect(await source.head(never)).toMatchObject({ failure: { kind: 'unreachable' } });
    server.instead = undefined;
    expect(await source.head(never)).toMatchObject({ ok: true });
  });

  it('never answers: the call ends when it is stopped', async () => {
    server.instead = () => undefined;
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    expect(await http({ credentials: login }).head(stop.signal)).toMatchObject({ failure: { kind: 'cancelled' } });
  });
});

it('never answers: the call ends at its time limit', async () => {
  const server = await startGitServer({ root: join(folder, 'server') });
  server.instead = () => undefined;
  const clock = { ...realClock, sleep: (_: number, signal: AbortSignal) => realClock.sleep(500, signal) };
  const url = `${server.url}/platform.git`;
  expect(await follow({ url, clock }).head(never)).toEqual({
    ok: false,
    failure: { kind: 'timeout', detail: `${url} did not answer in time; check the server and the network` },
  });
  await server.close();
});

it('refuses a path that a shell would read (the SSH command of git goes to one)', async () => {
  for (const path of ['/tmp/a b', '/tmp/$(touch pwned)', 'relative', "/tmp/'"]) {
    expect(await follow({ knownHosts: path }).head(never)).toMatchObject({
      failure: { kind: 'rejected', detail: expect.stringContaining(`the path "${path}"`) },
    });
  }
});

describe('a wish that is never taken for an empty platform', () => {
  it('an empty repository', async () => {
    expect(await follow().head(never)).toEqual({
      ok: false,
      failure: {
        kind: 'not-found',
        detail: `${repository.url} has no commits yet; push one with autogit.yaml to the branch "main"`,
      },
    });
  });

  it('a branch that is gone', async () => {
    repository.commit({ 'autogit.yaml': 'name: first\n' });
    const source = follow();
    await source.head(never);
    repository.push('HEAD:trunk', ':main');
    expect(await source.head(never)).toEqual({
      ok: false,
      failure: {
        kind: 'not-found',
        detail: `${repository.url} has no branch "main" (it has trunk); push the branch again or name another one`,
      },
    });
    repository.push('HEAD:main');
    expect(await source.head(never)).toMatchObject({ ok: true });
  });

  it('a repository that is gone', async () => {
    repository.commit({ 'autogit.yaml': 'name: first\n' });
    const source = follow();
    await source.head(never);
    rmSync(repository.bare, { recursive: true });
    expect(await source.head(never)).toMatchObject({
      failure: { kind: 'not-found', detail: expect.stringContaining('check the address') },
    });
  });

  it('a branch whose end looks like the one that is followed', async () => {
    repository.commit({ 'autogit.yaml': 'name: first\n' });
    repository.push('HEAD:refs/heads/old/refs/heads/trunk');
    expect(await follow({ branch: 'trunk' }).head(never)).toMatchObject({ failure: { kind: 'not-found' } });
  });
});

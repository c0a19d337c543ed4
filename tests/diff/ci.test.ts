import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

/** The files that people copy, and every shell line in them, run in a repository with a change, against a forge's comments. */
const root = join(import.meta.dirname, '../..');
const platform = (tag: string) =>
  `name: home\ndomain: home.lan\nservices:\n  web: { image: "nginx:${tag}", port: 80 }\n`;

let folder: string;
let server: Server;
let comments: { id: number; body: string }[] = [];
let requests: string[] = [];
let isClosed = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'autogit-ci-'));
  makeProgram(join(folder, 'program'));
  makePlatform(join(folder, 'platform'));
  server = createServer(async (request, response) => {
    const { status, answer } = await answerOf(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  comments = [{ id: 1, body: 'looks good' }];
  requests = [];
  isClosed = false;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** A repository that has AutoGit as a clone of it would be after its first use. */
function makeProgram(path: string): void {
  mkdirSync(join(path, 'bin'), { recursive: true });
  mkdirSync(join(path, 'ci'));
  mkdirSync(join(path, '.tools'));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'cli/main.ts')}" "$@"\n`;
  writeFileSync(join(path, 'bin/autogit'), program, { mode: 0o755 });
  symlinkSync(process.execPath, join(path, '.tools/node'));
  cpSync(join(root, 'ci/comment.ts'), join(path, 'ci/comment.ts'));
  writeFileSync(join(path, 'package.json'), '{ "type": "module" }\n');
  git(path, 'init', '-q', '-b', 'main');
  commit(path, 'program');
}

function makePlatform(path: string): void {
  mkdirSync(path);
  git(path, 'init', '-q', '-b', 'main');
  writeFileSync(join(path, 'autogit.yaml'), platform('1.29'));
  commit(path, 'first');
  git(path, 'checkout', '-q', '-b', 'change');
  writeFileSync(join(path, 'autogit.yaml'), platform('1.30'));
  execFileSync(process.execPath, [join(root, 'cli/main.ts'), 'compile'], { cwd: path });
  commit(path, 'newer image');
}

function commit(path: string, message: string): void {
  git(path, 'add', '-A');
  git(path, 'commit', '-q', '-m', message);
}

function git(path: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: path, encoding: 'utf8' });
}

/** Comments as GitHub, Gitea and Forgejo (issues) and GitLab (notes) keep them. */
async function answerOf(request: IncomingMessage): Promise<{ readonly status: number; readonly answer: unknown }> {
  const { method = '', url = '' } = request;
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { pathname } = new URL(url, 'http://localhost');
  requests.push(`${method} ${pathname} ${request.headers.authorization ?? request.headers['private-token']}`);
  if (isClosed && method !== 'GET') return { status: 403, answer: { message: 'forbidden' } };
  if (method === 'GET') return { status: 200, answer: comments };
  const { body } = JSON.parse(Buffer.concat(parts).toString());
  if (method === 'POST') {
    comments.push({ id: comments.length + 1, body });
    return { status: 201, answer: comments.at(-1) };
  }
  const edited = comments.find(({ id }) => pathname.endsWith(`/${id}`));
  if (edited === undefined) return { status: 404, answer: {} };
  edited.body = body;
  return { status: 200, answer: edited };
}

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: {
    readonly review: {
      readonly steps: readonly {
        readonly name?: string;
        readonly run?: string;
        readonly env?: Readonly<Record<string, string>>;
      }[];
    };
  };
}

interface GitLab {
  readonly platform: {
    readonly variables: Readonly<Record<string, string>>;
    readonly before_script: readonly string[];
    readonly script: readonly string[];
    readonly artifacts: { readonly reports: { readonly codequality: string } };
  };
}

interface Step {
  readonly name: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The steps with a script; expressions of the forge get the values that they would have there. */
function stepsOf(name: 'github' | 'forgejo', base: string): readonly Step[] {
  const { env, jobs } = load(readFileSync(join(root, `ci/${name}.yml`), 'utf8')) as Workflow;
  const values: Readonly<Record<string, string>> = {
    '${{ github.event.pull_request.base.sha }}': base,
    '${{ github.token }}': 'the-token',
  };
  return jobs.review.steps.flatMap((step) => {
    if (step.run === undefined) return [];
    const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, values[value] ?? value]);
    return [{ name: step.name ?? '', script: step.run, env: { ...env, ...Object.fromEntries(own) } }];
  });
}

/** One fresh home for each job, as a runner gives it. */
function jobEnvironment(): Record<string, string> {
  const home = mkdtempSync(join(folder, 'home-'));
  const paths = join(home, 'paths');
  const summary = join(home, 'summary');
  for (const file of [paths, summary]) writeFileSync(file, '');
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    RUNNER_TEMP: home,
    GITHUB_PATH: paths,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    GITHUB_REPOSITORY: 'ops/platform',
    GITHUB_REF: 'refs/pull/7/head',
  };
}

async function runJob(name: 'github' | 'forgejo'): Promise<readonly string[]> {
  const at = join(folder, 'platform');
  const base = git(at, 'rev-parse', 'main').trim();
  const environment = jobEnvironment();
  const said: string[] = [];
  for (const { name: step, script, env } of stepsOf(name, base)) {
    const added = readFileSync(environment.GITHUB_PATH ?? '', 'utf8').trim();
    const PATH = added === '' ? environment.PATH : `${added}:${environment.PATH}`;
    const all = { ...env, ...environment, PATH, AUTOGIT_REPOSITORY: join(folder, 'program'), AUTOGIT_REVISION: 'main' };
    const { code, out, err } = await bash(script, at, all as Record<string, string>);
    expect(code, `${step}\n${out}\n${err}`).toBe(0);
    said.push(`${step}: ${err.trim().split('\n').at(-1)}`);
  }
  return said;
}

function bash(script: string, cwd: string, env: Record<string, string>) {
  return new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    execFile('bash', ['-eo', 'pipefail', '-c', script], { cwd, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

describe.each(['github', 'forgejo'] as const)('ci/%s.yml', (name) => {
  it('checks a change, says what it does, and edits its own comment the next time', async () => {
    await runJob(name);
    expect(comments.map(({ body }) => body.split('\n')[0])).toEqual(['looks good', '<!-- autogit diff -->']);
    expect(comments[1]?.body).toContain('| `~` | service **web** | image 1.29 → 1.30 |');
    expect(requests).toEqual([
      'GET /api/v1/repos/ops/platform/issues/7/comments token the-token',
      'POST /api/v1/repos/ops/platform/issues/7/comments token the-token',
    ]);
    const first = comments[1]?.body;
    comments[1] = { id: 2, body: '<!-- autogit diff -->\nof an older commit' };
    await runJob(name);
    expect(comments.map(({ body }) => body)).toEqual(['looks good', first]);
  });

  it('passes where the token may not comment, as in a pull request from a fork', async () => {
    isClosed = true;
    const said = await runJob(name);
    expect(said.at(-1)).toContain('the token of this job may not comment (403); the difference is above');
  });
});

it('ends with an error where the rendered files are not what the platform file says', async () => {
  const at = join(folder, 'platform');
  const [, , , check] = stepsOf('github', 'main');
  writeFileSync(join(at, 'autogit.yaml'), platform('1.31'));
  const PATH = `${join(folder, 'program/bin')}:${process.env.PATH}`;
  const { code, out } = await bash(check?.script ?? '', at, { PATH });
  git(at, 'checkout', '-q', 'autogit.yaml');
  expect(check?.name).toBe('The rendered files are what the platform file says');
  expect({ code, out }).toMatchObject({ code: 2, out: expect.stringContaining('+    image: nginx:1.31') });
});

describe('ci/gitlab.yml', () => {
  it('checks a change, keeps the report of the code quality, and comments', async () => {
    const { platform: job } = load(readFileSync(join(root, 'ci/gitlab.yml'), 'utf8')) as GitLab;
    const at = join(folder, 'platform');
    const { GITHUB_API_URL: _, ...environment } = jobEnvironment();
    const { code, out, err } = await bash([...job.before_script, ...job.script].join('\n'), at, {
      ...job.variables,
      ...environment,
      AUTOGIT_REPOSITORY: join(folder, 'program'),
      AUTOGIT_FOLDER: join(environment.HOME ?? '', 'autogit'),
      AUTOGIT_COMMENT_TOKEN: 'the-token',
      CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
      CI_PROJECT_ID: '3',
      CI_MERGE_REQUEST_IID: '5',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: git(at, 'rev-parse', 'main').trim(),
    });
    expect(code, `${out}\n${err}`).toBe(0);
    expect(JSON.parse(readFileSync(join(at, job.artifacts.reports.codequality), 'utf8'))).toEqual([]);
    expect(comments[1]?.body).toContain('image 1.29 → 1.30');
    expect(requests.at(-1)).toBe('POST /api/v4/projects/3/merge_requests/5/notes the-token');
    git(at, 'clean', '-fdq');
  });
});

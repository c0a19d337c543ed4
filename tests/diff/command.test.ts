import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '../../cli/main.ts');
const file = (tag: string, environments = '') =>
  `name: home\ndomain: home.lan\nservices:\n  web: { image: "nginx:${tag}", port: 80 }\n${environments}`;
const environments = `environments:\n  test: { services: { web: { image: "nginx:next" } } }\n  live: {}\n`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-diff-'));
  await git('init', '-q', '-b', 'main');
  await write('autogit.yaml', file('1.29'));
  await autogit('compile');
  await commit('first');
  await git('checkout', '-q', '-b', 'newer');
  await write('autogit.yaml', file('1.30', environments));
  await commit('newer image');
  await git('checkout', '-q', 'main');
  await write('autogit.yaml', file('1.29').replace('port: 80', 'port: 8080'));
  await commit('another port');
  await git('checkout', '-q', 'newer');
});
afterAll(() => rm(folder, { recursive: true }));

describe('autogit diff', () => {
  it('compares two branches, by meaning and by text, and ends with 2', async () => {
    const { code, out } = await autogit('diff', 'main..newer');
    expect(code).toBe(2);
    expect(out.replace(/\([0-9a-f]{7}\)/g, '(…)')).toBe(
      [
        'main (…) → newer (…)',
        '',
        '~ service web: image 1.29 → 1.30, port http 8080 → 80  [restart]',
        '    container is replaced, the new one first: no time without service',
        '',
        '--- compose/local/compose.yaml',
        '+++ compose/local/compose.yaml',
        '@@ -10,7 +10,7 @@',
        '           cpus: "1"',
        '           memory: 512m',
        '           pids: 4096',
        '-    image: nginx:1.29',
        '+    image: nginx:1.30',
        '     init: true',
        '     labels:',
        '       autogit.dev/platform: home',
        '@@ -21,7 +21,7 @@',
        '       - no-new-privileges:true',
        '     stop_grace_period: 10s',
        '     x-autogit-ports:',
        '-      - "8080"',
        '+      - "80"',
        '     x-autogit-source: "autogit.yaml#/services/web"',
        ' networks:',
        '   web-alone:',
        '',
        '1 change: 1 restart; 1 rendered file different',
        '',
      ].join('\n'),
    );
  });

  it('leaves out with three dots what others changed meanwhile', async () => {
    const { out } = await autogit('diff', 'main...newer');
    expect(out).toContain('image 1.29 → 1.30  [restart]');
    expect(out).not.toContain('port');
  });

  it('compares the last commit with the working files when nothing is named', async () => {
    expect(await autogit('diff')).toMatchObject({ code: 0, out: expect.stringContaining('no difference') });
    await write('autogit.yaml', file('1.31', environments));
    const { code, out } = await autogit('diff', '--format', 'json', '--exit-zero');
    await git('checkout', '-q', 'autogit.yaml');
    const said = JSON.parse(out);
    expect(code).toBe(0);
    expect(said).toMatchObject({ version: 1, to: 'working files' });
    expect(said.changes[0]).toMatchObject({ id: 'web', details: ['image 1.30 → 1.31'], pointer: '/services/web' });
    expect(said.files[0].patch).toContain('+    image: nginx:1.31');
  });

  it('compares two environments', async () => {
    const { code, out } = await autogit('diff', '-e', 'live', '-e', 'test');
    expect(code).toBe(2);
    expect(out).toContain('working files, environment live → working files, environment test');
    expect(out).toContain('image 1.30 → next');
    expect((await autogit('diff', '--from-env', 'live', '--to-env', 'test')).out).toBe(out);
  });

  it('compares a folder with what would be rendered', async () => {
    const { code, out } = await autogit('diff', '-o', 'rendered');
    expect(code).toBe(2);
    expect(out).toContain('rendered → working files');
    expect(out).toContain('~ service web: image 1.29 → 1.30  [restart]');
    expect(out).toContain('-    image: nginx:1.29');
  });

  it('tells everything of a first commit', async () => {
    const tree = (await git('hash-object', '-t', 'tree', '-w', '--stdin')).trim();
    const bare = (await git('commit-tree', tree, '-m', 'nothing')).trim();
    const { code, out } = await autogit('diff', `${bare}..newer`);
    expect(code).toBe(2);
    expect(out).toContain('+ service web: image nginx:1.30');
  });

  it('says what is wrong with a file of a commit, and where', async () => {
    await git('checkout', '-q', '-b', 'broken');
    await write('autogit.yaml', file('1.30').replace('port:', 'prot:'));
    await commit('broken');
    await git('checkout', '-q', 'newer');
    const { code, out, err } = await autogit('diff', 'newer..broken');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain("broken:autogit.yaml:4:31: error AG201: unknown key 'prot'");
  });

  it.each([
    [['nowhere'], "there is no commit 'nowhere' in this repository"],
    [['main..newer', '--to', 'main'], 'say the same'],
    [['-e', 'a', '-e', 'b', '-e', 'c'], 'two environments can be compared'],
    [['-f', '-'], 'standard input has no revisions'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await autogit('diff', ...args);
    expect({ code, err }).toMatchObject({ code: 64, err: expect.stringContaining(message) });
  });

  it('reads the repository of the file, whatever a surrounding git command has set', async () => {
    const { code } = await autogit({ GIT_DIR: '/nonexistent' }, 'diff', 'main..newer');
    expect(code).toBe(2);
  });
});

it('holds no value of a secret, wherever the value is', async () => {
  const canary = 'canary-6f2c';
  const withSecrets = `${file('1.30', environments)}secrets:
  a: { env: DIFF_CANARY }
  b: { file: /etc/diff-canary }
`.replace('port: 80', 'port: 80, environment: { A_FILE: { secret: a }, B_FILE: { secret: b } }');
  await write('autogit.yaml', withSecrets);
  await write('diff-canary', canary);
  for (const format of ['text', 'json', 'markdown']) {
    const { out, err } = await autogit({ DIFF_CANARY: canary }, 'diff', '--format', format);
    expect(out).toContain('DIFF');
    expect(out + err).not.toContain(canary);
  }
  await git('checkout', '-q', 'autogit.yaml');
});

it('carries no secret on that stands in the file as plain text', async () => {
  const literal = (value: string) =>
    file('1.30', `accept: { AG426: moves into a secret next }\n${environments}`).replace(
      'port: 80',
      `port: 80, environment: { DB_PASSWORD: ${value} }`,
    );
  await git('checkout', '-q', '-b', 'literal');
  await write('autogit.yaml', literal('first-hunter2'));
  await commit('a secret in the file');
  await write('autogit.yaml', literal('second-hunter2'));
  for (const format of ['text', 'json', 'markdown']) {
    const { code, out, err } = await autogit('diff', '--format', format);
    expect(code).toBe(2);
    expect(out).toContain('variable DB');
    expect(out + err).not.toContain('hunter2');
  }
  for (const key of ['services.web.environment.DB_PASSWORD', 'services.web', 'compose/local/compose.yaml']) {
    for (const format of ['text', 'json']) {
      const { code, out, err } = await autogit('explain', key, '--format', format);
      expect([key, code]).toEqual([key, 0]);
      expect(out + err).not.toContain('hunter2');
    }
  }
  await git('checkout', '-q', '-f', 'newer');
});

describe('--format markdown', () => {
  it('is a comment with a table and the files folded away, the same every time', async () => {
    const one = await autogit('diff', 'main..newer', '--format', 'markdown', '--exit-zero');
    expect(one.code).toBe(0);
    expect(one.out.split('\n')[0]).toBe('<!-- autogit diff -->');
    expect(one.out).toContain('| `~` | service **web** | image 1.29 → 1.30<br>port http 8080 → 80 |');
    expect(one.out).toContain('<details><summary>compose/local/compose.yaml changed</summary>');
    expect(await autogit('diff', 'main..newer', '--format', 'markdown', '--exit-zero')).toEqual(one);
  });
});

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(folder, path), text);
}

async function commit(message: string): Promise<void> {
  await git('add', '-A');
  await git('commit', '-q', '-m', message);
}

function git(...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  return new Promise((resolve, reject) => {
    const child = execFile('git', [...identity, ...args], { cwd: folder }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.end();
  });
}

type Run = { readonly code: number; readonly out: string; readonly err: string };

function autogit(...given: readonly (string | Record<string, string>)[]): Promise<Run> {
  const args = given.filter((each) => typeof each === 'string');
  const env = { ...process.env, ...given.find((each) => typeof each === 'object') };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const main = join(import.meta.dirname, '../../cli/main.ts');
const compose = 'services:\n  web:\n    image: nginx:1\n    ports: ["8080:80"]\n    privileged: true\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-new-'));
});
afterEach(() => rm(folder, { recursive: true }));

function autogit(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { cwd: folder }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
    child.stdin?.end();
  });
}

/** The same on a terminal: Python opens one and types the lines, each when the question is there. */
function onTerminal(lines: readonly string[], ...args: readonly string[]) {
  const script = `
import json, os, pty, select, sys, time
lines, command = json.loads(sys.argv[1]), json.loads(sys.argv[2])
pid, fd = pty.fork()
if pid == 0:
    os.execv(command[0], command)
seen, shown, waiting = b'', b'', list(lines)
end = time.time() + 60
while time.time() < end:
    ready, _, _ = select.select([fd], [], [], 0.2)
    if ready:
        try: data = os.read(fd, 4096)
        except OSError: break
        if not data: break
        seen += data; shown += data
    if waiting and b': ' in seen.split(b'\\n')[-1]:
        seen = b''
        os.write(fd, waiting.pop(0).encode())
_, status = os.waitpid(pid, 0)
print(json.dumps({'code': os.waitstatus_to_exitcode(status), 'shown': shown.decode()}))
`;
  const given = [JSON.stringify(lines), JSON.stringify([process.execPath, main, ...args])];
  const { stdout, stderr } = spawnSync('python3', ['-c', script, ...given], { cwd: folder, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as { code: number; shown: string };
}

const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0;

describe('autogit init', () => {
  it('writes a file that is valid as it is, and says how to go on', async () => {
    const { code, out, err } = await autogit('init', '--yes', '--name', 'home');
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'autogit.yaml is written\nnext: autogit validate\nnext: autogit compile -o rendered\n',
      err: '',
    });
    const text = await readFile(join(folder, 'autogit.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=/);
    expect(parse(text)).toMatchObject({ name: 'home', forge: 'forgejo', runners: { linux: { labels: ['docker'] } } });
    expect((await autogit('validate')).code).toBe(0);
    expect((await autogit('fmt', '--check')).code).toBe(0);
  });

  it.each([
    ['--forge', 'none'],
    ['--target', 'kubernetes'],
    ['--runners', '0'],
    ['--forge', 'gitea'],
    ['--forge', 'gitlab'],
  ])('%s %s gives a valid file as well', async (...flags) => {
    expect((await autogit('init', '--yes', '--domain', 'home.example.org', ...flags)).code).toBe(0);
    expect(await autogit('validate')).toMatchObject({ code: 0, err: '' });
  });

  it('never overwrites', async () => {
    await writeFile(join(folder, 'autogit.yaml'), 'mine');
    expect(await autogit('init', '--yes')).toMatchObject({ code: 1, out: '' });
    expect(await readFile(join(folder, 'autogit.yaml'), 'utf8')).toBe('mine');
  });

  it('refuses without a terminal, and a flag that will not do', async () => {
    expect(await autogit('init')).toMatchObject({ code: 64, err: expect.stringContaining('--yes') });
    expect(await autogit('init', '--yes', '--name', 'Home')).toMatchObject({ code: 64 });
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(hasPython)('asks five questions on a terminal, and again when an answer will not do', async () => {
    const { code, shown } = onTerminal(['Lab!\r', 'lab\r', 'lab.example.org\r', 'gitea\r', '\r', '2\r'], 'init');
    expect(shown).toContain('Lab! will not do');
    expect(code).toBe(0);
    const file = parse(await readFile(join(folder, 'autogit.yaml'), 'utf8'));
    expect(file).toEqual({
      name: 'lab',
      domain: 'lab.example.org',
      forge: 'gitea',
      runners: { linux: { labels: ['docker'], size: { max: 2 } } },
    });
  });

  it.runIf(hasPython).each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('leaves nothing behind after %s', async (_, key) => {
    const { code, shown } = onTerminal(['lab\r', key], 'init');
    expect(code).toBe(1);
    expect(shown).toContain('stopped, and nothing was written');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('autogit import', () => {
  beforeEach(() => writeFile(join(folder, 'compose.yaml'), compose));

  it('writes the platform and tells each loss with its line', async () => {
    const { code, out, err } = await autogit('import', '--name', 'home', '--domain', 'home.lan');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('lost    compose.yaml:5:5  services.web.privileged');
    expect(out).toContain('compose.yaml: 2 taken over, 0 changed, 1 lost\nautogit.yaml is written\n');
    expect((await autogit('validate')).code).toBe(0);
    expect((await autogit('fmt', '--check')).code).toBe(0);
  });

  it('prints the file alone with -o -, and the report beside it', async () => {
    const { code, out, err } = await autogit('import', 'compose.yaml', '-o', '-');
    expect(code).toBe(0);
    expect(parse(out).services.web.ports).toEqual({ 'tcp-80': { port: 80, publish: 8080 } });
    expect(err).toContain('1 lost');
    expect(await readdir(folder)).toEqual(['compose.yaml']);
  });

  it('gives programs every row', async () => {
    const { out } = await autogit('import', '--format', 'json');
    const report = JSON.parse(out);
    expect(report.counts).toEqual({ taken: 2, changed: 0, lost: 1 });
    expect(report.rows).toContainEqual({
      fate: 'taken',
      to: 'services.web.image',
      path: 'services.web.image',
      line: 3,
      column: 5,
    });
  });

  it('never overwrites, and says what to do', async () => {
    await writeFile(join(folder, 'autogit.yaml'), 'mine');
    const { code, err } = await autogit('import');
    expect({ code, err }).toEqual({
      code: 1,
      err: 'autogit: autogit.yaml is there already and is not overwritten\nnext: name another file with -o, or move this one away; `-o -` prints\n',
    });
  });

  it.each([
    ['services: [\n', 1, 'this is not YAML'],
    ['name: x\n', 1, 'the file has no services'],
    ['services: { a: { image: "$" } }\n', 1, 'a $ that is no variable'],
  ])('refuses %j with a place', async (text, code, message) => {
    await writeFile(join(folder, 'compose.yaml'), text);
    const refused = await autogit('import');
    expect(refused).toMatchObject({ code, out: '' });
    expect(refused.err).toMatch(/^compose\.yaml:\d+:\d+: /);
    expect(refused.err).toContain(message);
    expect(await readdir(folder)).toEqual(['compose.yaml']);
  });

  it('takes a file of the repository as configuration, and .env for variables', async () => {
    await writeFile(join(folder, 'app.conf'), 'listen 80\n');
    await writeFile(join(folder, '.env'), 'TAG=2\nDB_PASSWORD=hush\n');
    await writeFile(
      join(folder, 'compose.yaml'),
      'services: { web: { image: "a/b:$TAG", volumes: ["./app.conf:/etc/app.conf"], environment: { DB_PASSWORD: $DB_PASSWORD } } }\n',
    );
    const { code, out } = await autogit('import');
    expect(code).toBe(0);
    const text = await readFile(join(folder, 'autogit.yaml'), 'utf8');
    expect(parse(text)).toMatchObject({
      services: { web: { image: 'a/b:2', configs: { 'app.conf': { path: '/etc/app.conf', file: 'app.conf' } } } },
      secrets: { 'db-password': { env: 'DB_PASSWORD' } },
    });
    expect(text + out).not.toContain('hush');
  });
});

describe('autogit fmt and autogit migrate', () => {
  const messy = 'domain:   home.lan   # here\nname: home\n';

  it('formats in place, and only compares with --check', async () => {
    await writeFile(join(folder, 'autogit.yaml'), messy);
    expect(await autogit('fmt', '--check')).toEqual({
      code: 2,
      out: '',
      err: 'autogit.yaml is not formatted\nnext: autogit fmt -f autogit.yaml\n',
    });
    expect(await readFile(join(folder, 'autogit.yaml'), 'utf8')).toBe(messy);
    expect((await autogit('fmt')).out).toBe('autogit.yaml is formatted\n');
    expect(await readFile(join(folder, 'autogit.yaml'), 'utf8')).toBe('name: home\ndomain: home.lan # here\n');
    expect((await autogit('fmt')).out).toBe('autogit.yaml is formatted already\n');
    expect((await autogit('fmt', '--check')).code).toBe(0);
  });

  it('leaves a file alone that is no YAML', async () => {
    await writeFile(join(folder, 'autogit.yaml'), 'name: [');
    expect(await autogit('fmt')).toMatchObject({ code: 1, err: expect.stringContaining('autogit.yaml:1:') });
    expect(await readFile(join(folder, 'autogit.yaml'), 'utf8')).toBe('name: [');
  });

  it('says that there is nothing to migrate', async () => {
    await writeFile(join(folder, 'autogit.yaml'), messy);
    expect(await autogit('migrate')).toEqual({
      code: 0,
      out: 'autogit.yaml is in the newest version of the language, 1\n',
      err: '',
    });
    expect(await readFile(join(folder, 'autogit.yaml'), 'utf8')).toBe(messy);
  });
});

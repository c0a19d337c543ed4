import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outputFailure } from '../../cli/output-failure.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');

const smallest = `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [docker] }
`;
const withWiki = `${smallest}services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki }
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'autogit-compile-'));
  await chmod(folder, 0o755);
  await writeFile(at('autogit.yaml'), smallest);
});
afterEach(() => rm(folder, { recursive: true }));

describe('autogit compile', () => {
  it('writes the rendered files and an index of them', async () => {
    expect(await autogit('compile')).toEqual({ code: 0, out: 'rendered: 3 created\n', err: '' });
    expect(await tree('rendered')).toEqual([
      '.autogit-index.json',
      'compose/local/compose.yaml',
      'compose/local/configs/ingress/routes.yml',
      'compose/local/configs/ingress/traefik.yml',
    ]);
  });

  it('changes nothing when nothing has changed', async () => {
    await autogit('compile');
    const before = await stat(at('rendered/compose/local/compose.yaml'));
    expect((await autogit('compile')).out).toBe('rendered: 3 unchanged\n');
    expect((await stat(at('rendered/compose/local/compose.yaml'))).mtimeMs).toBe(before.mtimeMs);
  });

  it('writes again what a power cut left empty or with its first pages alone', async () => {
    await autogit('compile');
    const file = at('rendered/compose/local/compose.yaml');
    const whole = await readFile(file, 'utf8');
    for (const left of ['', whole.slice(0, 4096)]) {
      expect(left.length).toBeLessThan(whole.length);
      await writeFile(file, left);
      expect(await autogit('compile')).toEqual({ code: 0, out: 'rendered: 1 created, 2 unchanged\n', err: '' });
      expect(await readFile(file, 'utf8')).toBe(whole);
    }
  });

  it('removes what a killed run left half written, and nothing that a living one writes', async () => {
    await autogit('compile');
    const ended = spawnSync(process.execPath, ['--version']).pid;
    const left = (pid: number | string) => at(`rendered/compose/local/configs/ingress/.autogit-${pid}.tmp`);
    for (const pid of [ended, process.pid, 'x']) await writeFile(left(pid), 'half');
    await writeFile(at(`rendered/.autogit-${ended}.tmp`), '{');
    expect(await autogit('compile')).toEqual({ code: 0, out: 'rendered: 3 unchanged\n', err: '' });
    expect(await tree('rendered')).toEqual([
      '.autogit-index.json',
      'compose/local/compose.yaml',
      `compose/local/configs/ingress/.autogit-${process.pid}.tmp`,
      'compose/local/configs/ingress/.autogit-x.tmp',
      'compose/local/configs/ingress/routes.yml',
      'compose/local/configs/ingress/traefik.yml',
    ]);
  });

  it('refuses a lock that is a broken link or a folder, which is not the same as none', async () => {
    await symlink('locks/home.lock', at('autogit.lock'));
    const broken = {
      code: 1,
      out: '',
      err: 'autogit: autogit.lock is a link to locks/home.lock, where there is nothing\nnext: mend the link, or remove it; `autogit lock update` writes a lock anew\n',
    };
    for (const command of ['compile', 'validate'] as const) expect(await autogit(command)).toEqual(broken);
    await rm(at('autogit.lock'));
    await mkdir(at('autogit.lock'));
    const folder = {
      code: 1,
      out: '',
      err: 'autogit: autogit.lock is a folder, not a file\nnext: move the folder away; `autogit lock update` writes a lock anew\n',
    };
    for (const command of ['compile', 'validate'] as const) expect(await autogit(command)).toEqual(folder);
  });

  it('replaces and removes what it wrote, and the folders that this leaves empty', async () => {
    const first = await autogit('compile', '--target', 'kubernetes');
    const created = /(\d+) created/.exec(first.out)?.[1];
    expect(Number(created)).toBeGreaterThan(10);
    expect((await autogit('compile', '--target', 'compose')).out).toBe(
      `rendered: 3 created, ${created} removed; it held what is rendered for kubernetes\n`,
    );
    expect(await readdir(at('rendered'))).toEqual(['.autogit-index.json', 'compose']);
  });

  it('says with --dry-run what it would do, and does none of it', async () => {
    expect(await autogit('compile', '--dry-run')).toEqual({
      code: 0,
      out: [
        'rendered/compose/local/compose.yaml: would be created',
        'rendered/compose/local/configs/ingress/routes.yml: would be created',
        'rendered/compose/local/configs/ingress/traefik.yml: would be created',
        'rendered: nothing was written, 0 unchanged',
        '',
      ].join('\n'),
      err: '',
    });
    await autogit('compile');
    const before = await tree('rendered');
    await writeFile(at('autogit.yaml'), smallest.replace('name: home', 'name: house'));
    await writeFile(at('rendered/compose/local/configs/ingress/routes.yml'), 'by hand');
    const { code, out, err } = await autogit('compile', '--dry-run');
    expect({ code, out }).toEqual({
      code: 1,
      out: [
        'rendered/compose/local/compose.yaml: would be changed',
        'rendered/compose/local/configs/ingress/routes.yml: was changed by hand',
        'rendered: nothing was written, 1 unchanged',
        '',
      ].join('\n'),
    });
    expect(err).toContain('rendered, because work of others would be lost');
    expect(await tree('rendered')).toEqual(before);
    expect((await autogit('compile', '--dry-run', '--check')).code).toBe(64);
  });

  it('keeps files of others in the same folders', async () => {
    await autogit('compile');
    await writeFile(at('rendered/README.md'), 'mine');
    await mkdir(at('rendered/compose/local/secrets'));
    await writeFile(at('rendered/compose/local/secrets/forge-secret-key'), 'mine');
    expect((await autogit('compile', '--target', 'kubernetes')).code).toBe(0);
    expect(await tree('rendered')).toContain('README.md');
    expect(await tree('rendered')).toContain('compose/local/secrets/forge-secret-key');
    expect((await autogit('compile', '--target', 'kubernetes', '--check')).code).toBe(0);
  });

  it('takes over files that are as it would write them', async () => {
    await autogit('compile');
    await rm(at('rendered/.autogit-index.json'));
    expect((await autogit('compile')).out).toBe('rendered: 3 unchanged\n');
    expect(await tree('rendered')).toContain('.autogit-index.json');
  });

  it('prints all files, ready for a pipe', async () => {
    const { code, out, err } = await autogit('compile', '-o', '-', '--target', 'kubernetes');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^---\n# kubernetes\/namespace-home\.yaml\n/);
    expect(await readdir(folder)).toEqual(['autogit.yaml']);
  });

  it('writes nothing for a file with mistakes', async () => {
    await writeFile(at('autogit.yaml'), `${smallest}nmae: x\n`);
    const { code, err } = await autogit('compile');
    expect(code).toBe(1);
    expect(err).toContain('autogit.yaml:6:1');
    expect(await readdir(folder)).toEqual(['autogit.yaml']);
  });

  it.each([
    [['--target', 'nomad'], "autogit: there is no target 'nomad'\nnext: compose, kubernetes or all\n"],
    [
      ['--kubernetes-version', '1.27'],
      "autogit: '1.27' is no version of Kubernetes that can be rendered for\nnext: 1.28 or a newer minor version, such as 1.33\n",
    ],
    [
      ['-o', '-', '--check'],
      'autogit: --check compares with a folder, not with standard output\nnext: name it with -o\n',
    ],
    [['-o', ''], 'autogit: the output folder has no name\nnext: -o rendered\n'],
  ])('refuses %j', async (args, err) => {
    expect(await autogit('compile', ...args)).toEqual({ code: 64, out: '', err });
  });
});

describe('autogit compile --check', () => {
  it('is content with what it would write', async () => {
    await autogit('compile');
    expect(await autogit('compile', '--check')).toEqual({ code: 0, out: 'rendered is up to date: 3 files\n', err: '' });
  });

  it('shows what a changed file changes, and writes nothing', async () => {
    await autogit('compile');
    await writeFile(at('autogit.yaml'), withWiki);
    const { code, out, err } = await autogit('compile', '--check');
    expect(code).toBe(2);
    expect(out).toContain(
      '--- compose/local/configs/ingress/routes.yml\n+++ compose/local/configs/ingress/routes.yml\n',
    );
    expect(out).toContain('+      rule: "Host(`wiki.home.lan`)"\n');
    expect(err).toBe('rendered is not what the file says: 2 files would change\nnext: autogit compile -o rendered\n');
    expect(await readFile(at('rendered/compose/local/configs/ingress/routes.yml'), 'utf8')).not.toContain('wiki');
  });

  it('shows every file when nothing was rendered yet', async () => {
    const { code, out } = await autogit('compile', '--check');
    expect(code).toBe(2);
    expect(out).toContain('--- /dev/null\n+++ compose/local/compose.yaml\n@@ -0,0 +1,');
    expect(await readdir(folder)).toEqual(['autogit.yaml']);
  });

  it('names the target that the folder is for, in place of a thousand lines', async () => {
    await autogit('compile', '--target', 'kubernetes');
    const asked = await autogit('diff', '-o', 'rendered');
    expect({ code: asked.code, out: asked.out }).toEqual({ code: 64, out: '' });
    expect(asked.err).toContain('rendered holds what is rendered for kubernetes, and this is not\nnext: add --target');
    const { code, out, err } = await autogit('compile', '--check');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      'rendered holds what is rendered for kubernetes, and this is not\nnext: add --target kubernetes; when the file has changed over: autogit compile -o rendered\n',
    );
    const over = await autogit('compile');
    expect(over.out).toMatch(/^rendered: \d+ created, \d+ removed; it held what is rendered for kubernetes\n$/);
  });

  it('names stale files and hand edits', async () => {
    await autogit('compile', '--target', 'all');
    const kustomization = at('rendered/kubernetes/kustomization.yaml');
    await writeFile(kustomization, `${await readFile(kustomization, 'utf8')}# mine\n`);
    const { code, out } = await autogit('compile', '--check', '--target', 'compose');
    expect(code).toBe(2);
    expect(out).toContain('edited: kubernetes/kustomization.yaml was changed by hand since AutoGit wrote it\n');
    expect(out).toContain('stale: kubernetes/namespace-home.yaml is no longer rendered\n');
  });
});

describe('work of others', () => {
  it('is not overwritten: a hand edit is named and nothing is written', async () => {
    await autogit('compile');
    const edited = at('rendered/compose/local/compose.yaml');
    await writeFile(edited, `${await readFile(edited, 'utf8')}# mine\n`);
    await writeFile(at('autogit.yaml'), withWiki);
    const { code, out, err } = await autogit('compile');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(`autogit: nothing was written to rendered, because work of others would be lost:
  compose/local/compose.yaml: changed by hand since AutoGit wrote it
next: move what should stay into autogit.yaml, then remove these files and compile again
`);
    expect(await readFile(at('rendered/compose/local/configs/ingress/routes.yml'), 'utf8')).not.toContain('wiki');
    await rm(edited);
    expect((await autogit('compile')).out).toBe('rendered: 1 created, 1 changed, 1 unchanged\n');
  });

  it('is not removed: a stale file that was edited stays', async () => {
    await autogit('compile', '--target', 'kubernetes');
    const stale = at('rendered/kubernetes/namespace-home.yaml');
    await writeFile(stale, 'mine');
    expect((await autogit('compile')).err).toContain('kubernetes/namespace-home.yaml: changed by hand');
    expect(await readFile(stale, 'utf8')).toBe('mine');
  });

  it('is not replaced by a file of the same name', async () => {
    await mkdir(at('rendered/compose/local'), { recursive: true });
    await writeFile(at('rendered/compose/local/compose.yaml'), 'services: {}\n');
    expect(await autogit('compile')).toMatchObject({
      code: 1,
      err: expect.stringContaining('compose/local/compose.yaml: a file that AutoGit did not write\n'),
    });
    expect(await readFile(at('rendered/compose/local/compose.yaml'), 'utf8')).toBe('services: {}\n');
  });

  it('is out of reach: no link below the folder is followed', async () => {
    await mkdir(at('rendered/compose'), { recursive: true });
    await mkdir(at('elsewhere'));
    await symlink(at('elsewhere'), at('rendered/compose/local'));
    expect(await autogit('compile')).toMatchObject({
      code: 1,
      err: expect.stringContaining('a symbolic link called compose/local that AutoGit did not write'),
    });
    expect(await readdir(at('elsewhere'))).toEqual([]);
    expect(await readlink(at('rendered/compose/local'))).toBe(at('elsewhere'));
  });

  it('is out of reach: an index that leads out of the folder is refused', async () => {
    await autogit('compile');
    await writeFile(at('precious'), 'mine');
    const digest = 'a'.repeat(64);
    for (const path of ['../precious', '/etc/passwd', 'a/../../precious']) {
      await writeFile(at('rendered/.autogit-index.json'), JSON.stringify({ version: 1, files: { [path]: digest } }));
      const { code, err } = await autogit('compile');
      expect(code).toBe(69);
      expect(err).toContain('.autogit-index.json does not say any more which files AutoGit wrote\nnext: take it back');
    }
    expect(await readFile(at('precious'), 'utf8')).toBe('mine');
  });
});

describe('a folder that cannot be used', () => {
  it('is a file', async () => {
    await writeFile(at('rendered'), 'mine');
    expect(await autogit('compile')).toEqual({
      code: 69,
      out: '',
      err: 'autogit: cannot write rendered: a file lies where a folder is needed\nnext: move the file away, or name another folder\n',
    });
  });

  it('lies below a file', async () => {
    expect((await autogit('compile', '-o', 'autogit.yaml/rendered')).err).toContain(
      'a file lies where a folder is needed',
    );
  });

  it('is a link that leads nowhere', async () => {
    await symlink(at('gone'), at('rendered'));
    const { code, err } = await autogit('compile');
    expect(code).toBe(69);
    expect(err).toContain('a file, or a link that leads nowhere, lies where a folder is needed');
  });

  it.runIf(process.platform === 'linux')('is where the system makes no folders', async () => {
    const { code, err } = await autogit('compile', '-o', '/proc/autogit');
    expect(code).toBe(69);
    expect(err).toBe(
      'autogit: cannot write /proc/autogit: it is not there and cannot be made there\nnext: name another folder\n',
    );
  });

  it('was forgotten on the command line', async () => {
    const { code, err } = await autogit('compile', '-o', '--check');
    expect(code).toBe(64);
    expect(err).toContain('Is its value missing?');
    expect(await readdir(folder)).toEqual(['autogit.yaml']);
  });

  it('is full: the file that did not fit is not there, and no part of it', async () => {
    // A file system of two pages in a name space of its own, where this system allows one.
    const script = `mkdir -p rendered && mount -t tmpfs -o size=8k none rendered && { "$@"; code=$?; find rendered -type f; exit $code; }`;
    const full = await run('unshare', ['-rm', 'sh', '-ec', script, 'sh', process.execPath, main, 'compile']);
    if (/unshare|permission|not permitted/i.test(full.err)) {
      expect(outputFailure(Object.assign(new Error('x'), { code: 'ENOSPC' }), 'rendered')).toMatchObject({
        message: 'cannot write rendered: the disk is full',
      });
      return;
    }
    expect(full.code).toBe(69);
    expect(full.err).toMatch(/^autogit: cannot write .*: the disk is full\nnext: free some space and compile again/);
    expect(full.out).not.toContain('.tmp');
  });

  it.each([
    ['EACCES', 'permission denied'],
    ['EROFS', 'the file system is read-only'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EIO', 'input/output error'],
  ])('says so for %s', (code, why) => {
    const error = Object.assign(new Error('input/output error'), { code });
    expect(outputFailure(error, 'rendered').message).toBe(`cannot write rendered: ${why}`);
  });
});

it.runIf(process.platform === 'linux')('standard output on a full disk is no bug of AutoGit', async () => {
  const { code, err } = await run('sh', ['-c', `"${process.execPath}" "${main}" compile -o - > /dev/full`]);
  expect(code).toBe(69);
  expect(err).toBe(
    'autogit: the output cannot be written: the disk is full\nnext: free some space, or write elsewhere\n',
  );
});

it('JSON output holds the diagnostics alone', async () => {
  const { code, out } = await autogit('compile', '--format', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ version: 1, file: 'autogit.yaml', errors: 0, warnings: 0, diagnostics: [] });
});

function at(path: string): string {
  return join(folder, path);
}

async function tree(path: string): Promise<readonly string[]> {
  const entries = await readdir(at(path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(at(path).length + 1))
    .sort();
}

function autogit(...args: string[]) {
  return run(process.execPath, [main, ...args]);
}

function run(program: string, args: string[]) {
  return new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    const child = execFile(program, args, { cwd: folder }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

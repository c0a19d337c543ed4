/** The commands of the language as a person or a CI job runs them: what is printed where, and the exit code. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { unreadable } from '../../cli/platform-file.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'autogit-command-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

const good = 'name: home\ndomain: home.lan\nforge: forgejo\nrunners:\n  linux: { labels: [docker] }\n';
writeFileSync(join(folder, 'autogit.yaml'), good);
writeFileSync(join(folder, 'wrong.yaml'), 'name: home\ndomain: home.lan\nforge: forgjo\n');

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function autogit(
  args: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Ran {
  const ran = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    ...(options.input !== undefined && { input: options.input }),
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

describe('autogit validate', () => {
  it('says in one line that a file is fine', () => {
    expect(autogit(['validate'])).toEqual({
      code: 0,
      out: 'autogit.yaml is valid: platform home for compose\n',
      err: '',
    });
  });

  it('is also called vet and lint', () => {
    expect(autogit(['vet']).code).toBe(0);
    expect(autogit(['lint']).code).toBe(0);
  });

  it('prints what is wrong on standard error and ends with 1', () => {
    const { code, out, err } = autogit(['validate', '-f', 'wrong.yaml']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      [
        "wrong.yaml:3:8: error AG204: `forge` must be forgejo, gitea or gitlab, but it is 'forgjo'",
        '  2 | domain: home.lan',
        '  3 | forge: forgjo',
        '    |        ^^^^^^',
        '  next did you mean forgejo?',
        '',
        '1 error. `autogit explain AG204` tells more; `autogit validate --fix` can mend it.',
        '',
      ].join('\n'),
    );
  });

  it('prints JSON on standard output for programs', () => {
    const { code, out, err } = autogit(['validate', '-f', 'wrong.yaml', '--format', 'json']);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      file: 'wrong.yaml',
      errors: 1,
      warnings: 0,
      diagnostics: [
        {
          code: 'AG204',
          pointer: '/forge',
          range: { start: { line: 3, column: 8, offset: 35 }, end: { line: 3, column: 14, offset: 41 } },
        },
      ],
    });
  });

  it('prints JSON for a file that is fine, too', () => {
    expect(JSON.parse(autogit(['validate', '--format', 'json']).out)).toEqual({
      version: 1,
      file: 'autogit.yaml',
      errors: 0,
      warnings: 0,
      diagnostics: [],
    });
  });

  it('reads standard input', () => {
    expect(autogit(['validate', '-f', '-'], { input: good }).code).toBe(0);
    expect(autogit(['validate', '-f', '-'], { input: 'name: home\n' }).err).toMatch(
      /^standard input:1:1: error AG202: the file has no `domain`/,
    );
  });

  it('never shows a secret that stands in the file', () => {
    writeFileSync(
      join(folder, 'secret.yaml'),
      'name: home\ndomain: home.lan\nsecrets:\n  smtp: hunter2\ngitops: { repository: https://ops:hunter2@git.lan/x.git }\n',
    );
    const { code, out, err } = autogit(['validate', '-f', 'secret.yaml']);
    expect(code).toBe(1);
    expect(err).toMatch(/AG214/);
    expect(out + err).not.toContain('hunter2');
    expect(autogit(['validate', '-f', 'secret.yaml', '--format', 'json']).out).not.toContain('hunter2');
  });

  it('has colours in a pipe only when asked', () => {
    const coloured = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
      autogit(['validate', '-f', 'wrong.yaml', ...args], {
        env: { NO_COLOR: '', FORCE_COLOR: '', ...env },
      }).err.includes('\u001b');
    expect(coloured([])).toBe(false);
    expect(coloured([], { FORCE_COLOR: '1' })).toBe(true);
    expect(coloured(['--color', 'always'], { NO_COLOR: '1' })).toBe(true);
    expect(coloured(['--color', 'never'], { FORCE_COLOR: '1' })).toBe(false);
  });

  it('ends with 1 on a warning only with --strict, which compile has, too', () => {
    writeFileSync(join(folder, 'warning.yaml'), `${good}secrets: { spare: { env: SPARE } }\n`);
    expect(autogit(['validate', '-f', 'warning.yaml'])).toMatchObject({ code: 0 });
    const { code, out, err } = autogit(['validate', '-f', 'warning.yaml', '--strict']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/warning AG412[\s\S]*\n1 warning\..*\nwith --strict, warnings are fatal\n$/);
    expect(autogit(['compile', '-f', 'warning.yaml', '--strict', '-o', 'strict'])).toMatchObject({ code: 1, out: '' });
    expect(existsSync(join(folder, 'strict'))).toBe(false);
  });

  it('prints reports for services on standard output', () => {
    const report = (format: string) => autogit(['validate', '-f', 'wrong.yaml', '--format', format]);
    expect(report('github')).toEqual({
      code: 1,
      out: "::error file=wrong.yaml,line=3,col=8,endLine=3,endColumn=13,title=AG204::`forge` must be forgejo, gitea or gitlab, but it is 'forgjo'%0Anext: did you mean forgejo?\n",
      err: '',
    });
    expect(JSON.parse(report('gitlab').out)).toMatchObject([{ check_name: 'AG204', location: { path: 'wrong.yaml' } }]);
    expect(JSON.parse(report('sarif').out)).toMatchObject({ version: '2.1.0' });
  });
});

describe('a file that is named without a flag', () => {
  it.each([['validate'], ['compile', '-o', '-'], ['fmt', '--check'], ['migrate']])(
    'is the one that %s reads',
    (...words) => {
      expect(autogit([...words, 'wrong.yaml'])).toEqual(autogit([...words, '-f', 'wrong.yaml']));
      expect(autogit([...words, 'nowhere.yaml']).err).toContain('there is no file nowhere.yaml');
      expect(autogit([...words, '-'], { input: good }).code).toBe(autogit([...words, '-f', '-'], { input: good }).code);
    },
  );

  it('may be named twice, and two files may not', () => {
    expect(autogit(['validate', 'wrong.yaml', '-f', 'wrong.yaml']).code).toBe(1);
    expect(autogit(['validate', 'wrong.yaml', '-f', 'other.yaml'])).toEqual({
      code: 64,
      out: '',
      err: 'autogit: two files are named, wrong.yaml and other.yaml\nnext: name one of them\n',
    });
  });
});

describe('a file that cannot be read', () => {
  it('is not there: the command line is wrong (64)', () => {
    expect(autogit(['validate', '-f', 'nowhere.yaml'])).toEqual({
      code: 64,
      out: '',
      err: 'autogit: there is no file nowhere.yaml\nnext: go to the folder of the platform, or name its file with -f; `autogit init` writes a first one\n',
    });
  });

  it('is a directory (64)', () => {
    const { code, err } = autogit(['validate', '-f', '.']);
    expect({ code, err }).toEqual({
      code: 64,
      err: 'autogit: . is a directory, not a file\nnext: name the file in it: -f ./autogit.yaml\n',
    });
  });

  it('cannot be read: the world is at fault (69)', () => {
    // Reading address 0 of a process fails for every user, root too.
    const { code, err } = autogit(['validate', '-f', '/proc/self/mem']);
    expect(code).toBe(69);
    expect(err).toMatch(/^autogit: \/proc\/self\/mem cannot be read: .*\nnext: check the path and the disk/);
  });

  it('may not be read by this user (69)', () => {
    const denied = Object.assign(new Error('permission denied'), { code: 'EACCES' });
    expect(unreadable('autogit.yaml', denied)).toEqual({
      kind: 'none',
      code: 69,
      message: 'autogit.yaml may not be read by this user',
      next: 'allow it with chmod, or run as its owner',
    });
  });

  it('is endless: one byte more than the limit is read', () => {
    const { code, err } = autogit(['validate', '-f', '/dev/zero']);
    expect(code).toBe(1);
    expect(err).toMatch(/AG102: the file is larger than 1 MiB/);
  });
});

describe('the command line', () => {
  it('prints the version', () => {
    expect(autogit(['--version'])).toEqual({ code: 0, out: 'autogit 0.1.0\n', err: '' });
  });

  it('names the nearest command or option and ends with 64', () => {
    expect(autogit(['validat'])).toEqual({
      code: 64,
      out: '',
      err: "autogit: unknown command 'validat'\nnext: did you mean validate?\n",
    });
    expect(autogit(['validate', '--fromat', 'json'])).toEqual({
      code: 64,
      out: '',
      err: "autogit: unknown option '--fromat'\nnext: did you mean --format?\n",
    });
    expect(autogit(['validate', '-f']).code).toBe(64);
    expect(autogit(['validate', 'a', 'b']).code).toBe(64);
    expect(autogit(['status', 'home.yaml']).err).toMatch(/\nnext: run `autogit status --help` to see what it takes\n$/);
    expect(autogit(['plan', 'home.yaml']).err).toMatch(/\nnext: name the file with -f: autogit plan -f home\.yaml\n$/);
    expect(autogit(['explain']).err).toMatch(/\nnext: run `autogit explain --help` to see what it takes\n$/);
    expect(autogit(['validate', '--format', 'xml'])).toEqual({
      code: 64,
      out: '',
      err: "autogit: option '--format <format>' argument 'xml' is invalid. Allowed choices are text, json, sarif, gitlab, github.\nnext: run `autogit validate --help` to see what it takes\n",
    });
  });

  it('prints help on standard output when asked, on standard error when nothing was typed', () => {
    const asked = autogit(['--help']);
    expect(asked).toMatchObject({ code: 0, err: '' });
    expect(asked.out).toMatch(/validate\|vet/);
    expect(autogit([])).toMatchObject({ code: 64, out: '' });
  });

  it('is silent when the reader of a pipe has seen enough', () => {
    const ran = spawnSync('sh', ['-c', `"${process.execPath}" "${main}" schema | head -n 1`], { encoding: 'utf8' });
    expect({ out: ran.stdout, err: ran.stderr }).toEqual({ out: '{\n', err: '' });
  });
});

describe('autogit schema', () => {
  it('prints the published schema', () => {
    const { code, out } = autogit(['schema']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Spec' });
  });
});

describe('autogit explain', () => {
  it('explains a code with a wrong and a right file', () => {
    const { code, out } = autogit(['explain', 'ag205']);
    expect(code).toBe(0);
    expect(out).toMatch(/^AG205: a quantity without its unit, or with another one\n\n/);
    expect(out).toMatch(/wrong:\n {4}name: home[\s\S]*memory: 64MB[\s\S]*right:\n[\s\S]*memory: 64Mi/);
  });

  it('names what it knows when it does not know', () => {
    expect(autogit(['explain', 'AG999'])).toMatchObject({ code: 64, out: '' });
    const { code, err } = autogit(['explain', 'weather']);
    expect(code).toBe(64);
    expect(err).toMatch(/^autogit: the language has no weather\nnext: there are accept, /);
  });
});

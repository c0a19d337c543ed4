/** `autogit validate --fix` on real files: what is written, what stays as it was, and what is refused. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { replaceContent } from '../../cli/replace-content.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'autogit-fix-'));
const path = join(folder, 'autogit.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const wrong = '\ufeffname: home # where we live\r\ndomain: "Home.lan"\r\nforge: gitae\r\n';
const right = '\ufeffname: home # where we live\r\ndomain: "home.lan"\r\nforge: gitea\r\n';

function autogit(args: readonly string[], input?: string) {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' };
  const ran = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
    ...(input !== undefined && { input }),
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

beforeEach(() => writeFileSync(path, wrong));

describe('autogit validate --fix', () => {
  it('mends the file and says what it did; byte order mark, comment, quotes and line ends stay', () => {
    expect(autogit(['validate', '--fix'])).toEqual({
      code: 0,
      out: [
        'autogit.yaml:2:9: fixed AG206: write home.lan',
        'autogit.yaml:3:8: fixed AG204: write gitea',
        '2 fixed, 0 left',
        'autogit.yaml is valid: platform home for compose',
        '',
      ].join('\n'),
      err: '',
    });
    expect(readFileSync(path, 'utf8')).toBe(right);
    expect(readdirSync(folder)).toEqual(['autogit.yaml']);
  });

  it('does nothing the second time', () => {
    writeFileSync(path, right);
    const before = statSync(path);
    expect(autogit(['validate', '--fix'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^autogit.yaml is valid/),
    });
    expect(statSync(path).ino).toBe(before.ino);
  });

  it('keeps the mode, and writes the file that a link leads to', () => {
    const link = join(folder, 'link.yaml');
    chmodSync(path, 0o640);
    symlinkSync('autogit.yaml', link);
    expect(autogit(['validate', '--fix', '-f', 'link.yaml']).code).toBe(0);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readFileSync(path, 'utf8')).toBe(right);
    rmSync(link);
  });

  it('ends with 1 and tells what is left', () => {
    writeFileSync(path, `${right}services:\r\n  wiki: { image: a/b:1, limits: { memory: 64MB }, readonly: true }\r\n`);
    const { code, out, err } = autogit(['validate', '--fix']);
    expect({ code, out }).toEqual({
      code: 1,
      out: 'autogit.yaml:5:51: fixed AG201: write `readOnly`\n1 fixed, 1 left\n',
    });
    expect(err).toMatch(/^autogit.yaml:5:43: error AG205: /);
    expect(err).not.toContain('--fix');
    expect(readFileSync(path, 'utf8')).toContain('memory: 64MB }, readOnly: true');
  });

  it('prints the mended text with -f -, and what it did on standard error', () => {
    const { code, out, err } = autogit(['validate', '--fix', '-f', '-'], wrong);
    expect({ code, out }).toEqual({ code: 0, out: right });
    expect(err).toMatch(/^standard input:2:9: fixed AG206: write home.lan\n/);
  });

  it('has what it did in JSON, too', () => {
    const { code, out } = autogit(['validate', '--fix', '--format', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      errors: 0,
      diagnostics: [],
      fixed: [{ code: 'AG206' }, { code: 'AG204' }],
    });
  });

  it('refuses a report and the file on one standard output (64)', () => {
    expect(autogit(['validate', '--fix', '-f', '-', '--format', 'json'], wrong)).toMatchObject({ code: 64, out: '' });
  });
});

describe('replacing a file', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  it('is refused when someone else wrote it meanwhile; their text stays', () => {
    writeFileSync(path, 'name: other\n');
    const failure = replaceContent(path, { before: bytes(wrong), after: bytes(right) });
    expect(failure).toMatchObject({ message: `${path} was changed while it was judged; nothing was written` });
    expect(readFileSync(path, 'utf8')).toBe('name: other\n');
    expect(readdirSync(folder)).toEqual(['autogit.yaml']);
  });

  it('is refused for what is no file', () => {
    expect(replaceContent('/dev/null', { before: bytes(''), after: bytes(right) })).toMatchObject({ kind: 'failed' });
  });
});

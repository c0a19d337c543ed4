import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../cli/main.ts');
let folder: string;
let child: ChildProcess | undefined;
let said: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'autogit-watch-'));
});
afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  rmSync(folder, { recursive: true });
});

function start(...args: readonly string[]): ChildProcess {
  said = '';
  child = spawn(process.execPath, [program, 'compile', '--watch', ...args], { cwd: folder });
  child.stdout?.on('data', (data) => {
    said += data;
  });
  child.stderr?.on('data', (data) => {
    said += data;
  });
  return child;
}

function platform(image: string): string {
  return `name: home\ndomain: home.lan\nservices:\n  wiki:\n    image: "${image}"\n    configs: { app.conf: { path: /etc/app.conf, file: conf/app.conf } }\n`;
}

function write(path: string, content: string): void {
  writeFileSync(join(folder, path), content);
}

function rendered(path: string): string {
  const file = join(folder, 'rendered/compose/local', path);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

const patience = { timeout: 30_000, interval: 20 };

it('renders again when the file, or a file that it names, changes; in place or by a rename', async () => {
  mkdirSync(join(folder, 'conf'));
  write('conf/app.conf', 'one\n');
  write('autogit.yaml', platform('wiki:1'));
  const program = start();
  await expect.poll(() => said, patience).toMatch(/waiting for changes/);
  expect(rendered('compose.yaml')).toContain('wiki:1');

  write('autogit.yaml', platform('wiki:2'));
  await expect.poll(() => rendered('compose.yaml'), patience).toContain('wiki:2');

  write('new.yaml', platform('wiki:3'));
  renameSync(join(folder, 'new.yaml'), join(folder, 'autogit.yaml'));
  await expect.poll(() => rendered('compose.yaml'), patience).toContain('wiki:3');

  write('conf/app.conf', 'two\n');
  await expect.poll(() => rendered('configs/wiki/app.conf'), patience).toBe('two\n');

  write('autogit.yaml', platform('wiki:4').replace('image', 'imag'));
  await expect.poll(() => said, patience).toMatch(/AG201/);
  expect(rendered('compose.yaml')).toContain('wiki:3');

  write('autogit.yaml', platform('wiki:4'));
  await expect.poll(() => rendered('compose.yaml'), patience).toContain('wiki:4');

  program.kill('SIGINT');
  expect((await once(program, 'close'))[0]).toBe(0);
}, 120_000);

it.each([
  [['-o', '-'], 'leave out the -'],
  [['-f', '-'], 'leave out the -'],
  [['--check'], 'leave out --check'],
])(
  'is refused with %j',
  async (args, next) => {
    const [code] = await once(start(...args), 'close');
    expect(code).toBe(64);
    expect(said).toContain(next);
  },
  60_000,
);

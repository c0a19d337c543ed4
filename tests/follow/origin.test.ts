import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { originOf } from '../../reconciler/follow/origin.ts';

let folder: string;
const never = new AbortController().signal;
const git = (...args: string[]): void => void execFileSync('git', args, { cwd: folder });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'autogit-origin-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('names the origin of the clone, from any folder in it', async () => {
  git('init', '--quiet');
  git('remote', 'add', 'origin', 'git@git.example.org:ada/platform.git');
  mkdirSync(join(folder, 'docs'));
  expect(await originOf(join(folder, 'docs'), never)).toBe('git@git.example.org:ada/platform.git');
});

it('leaves a token in the address out', async () => {
  git('init', '--quiet');
  git('remote', 'add', 'origin', 'https://ada:t0ken@git.example.org/ada/platform.git');
  expect(await originOf(folder, never)).toBe('https://git.example.org/ada/platform.git');
});

it('knows none for a clone without origin, a plain folder and a missing one', async () => {
  expect(await originOf(folder, never)).toBeUndefined();
  git('init', '--quiet');
  expect(await originOf(folder, never)).toBeUndefined();
  expect(await originOf(join(folder, 'missing'), never)).toBeUndefined();
});

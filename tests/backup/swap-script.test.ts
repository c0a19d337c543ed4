import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { swapFolder, swapScript } from '../../reconciler/backup/swap-script.ts';

/** The script that renames things in a volume, run by the shell of this machine on a folder that stands for one. */
describe('what a restore does in a volume', () => {
  let base: string;
  let volume: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'autogit-swap-'));
    onTestFinished(() => rmSync(base, { recursive: true }));
    volume = join(base, 'data');
    write('old', 'old');
    write('.hidden', 'old');
    write('deep/er/two words', 'old');
    write('.autogit-restore/volumes/data/old', 'restored');
    write('.autogit-restore/volumes/data/.new', 'restored');
  });

  const before = { '.hidden': 'old', 'deep/er/two words': 'old', old: 'old' };
  const restored = { '.new': 'restored', old: 'restored' };

  it('puts what was unpacked in the place of what is there, and takes the old away at the end', () => {
    script('swap', 'volumes/data');
    expect(content(['.autogit-before', '.autogit-restore'])).toEqual(restored);
    script('used');
    script('finish');
    expect(content()).toEqual(restored);
  });

  it('only empties it for a dump', () => {
    script('swap', '-');
    expect(content(['.autogit-before', '.autogit-restore'])).toEqual({});
    script('undo');
    expect(content()).toEqual(before);
  });

  it.each(countOfCalls())('gives back what was there when it is killed after %i of its steps', (steps) => {
    script('swap', 'volumes/data', steps);
    expect(script('look')).toBe('cut data');
    expect(script('settle')).toBe('undone data');
    expect(content()).toEqual(before);
    expect(script('look')).toBe('');
  });

  it.each(countOfCalls())('gives it back also when the undoing is killed after %i of its steps', (steps) => {
    script('swap', 'volumes/data');
    script('undo', '', steps);
    script('settle');
    expect(content()).toEqual(before);
  });

  it('keeps what was there beside what programs have written since', () => {
    script('swap', 'volumes/data');
    script('used');
    write('since', 'since');
    expect(script('look')).toBe('');
    expect(script('settle')).toBe('kept data .autogit-kept-1');
    expect(content(['.autogit-kept-1'])).toEqual({ ...restored, since: 'since' });
    expect(content([], join(volume, '.autogit-kept-1'))).toEqual(before);
  });

  it('loses neither of two files that have the same name', () => {
    mkdirSync(join(volume, '.autogit-before'));
    write('.autogit-before/old', 'put aside');
    expect(script('settle')).toContain('kept data .autogit-kept-1');
    expect(content(['.autogit-kept-1'])).toEqual(before);
    expect(content([], join(volume, '.autogit-kept-1'))).toEqual({ old: 'put aside' });
  });

  /** Every number of renames after which it may be killed; the last ones are more than there are. */
  function countOfCalls(): readonly number[] {
    return [1, 2, 3, 4, 5, 6, 7, 8];
  }

  /** Runs a verb; with `steps`, it is killed with its next rename after so many. */
  function script(verb: string, folder = '', steps?: number): string {
    const shell = [
      ...(steps === undefined
        ? []
        : [
            `steps=${steps}`,
            'mv() { [ "$steps" -gt 0 ] || kill -9 $$; steps=$((steps - 1)); command mv "$@"; }',
            'sync() { :; }',
          ]),
      swapScript.replaceAll(swapFolder, base),
    ].join('\n');
    try {
      return execFileSync('sh', ['-c', shell, 'autogit', verb, 'data', folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }).trim();
    } catch (error) {
      if (steps !== undefined && (error as { signal?: string }).signal === 'SIGKILL') return 'killed';
      throw error;
    }
  }

  function write(path: string, text: string): void {
    const target = join(volume, path);
    mkdirSync(join(target, '..'), { recursive: true });
    writeFileSync(target, text);
  }

  function content(without: readonly string[] = [], folder = volume, prefix = ''): Readonly<Record<string, string>> {
    return Object.fromEntries(
      readdirSync(folder)
        .sort()
        .filter((name) => !without.includes(name))
        .flatMap((name) => {
          const path = join(folder, name);
          return statSync(path).isDirectory()
            ? Object.entries(content([], path, `${prefix}${name}/`))
            : [[`${prefix}${name}`, readFileSync(path, 'utf8')] as const];
        }),
    );
  }
});

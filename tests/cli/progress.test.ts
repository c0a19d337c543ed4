import { expect, it, vi } from 'vitest';
import { createProgress } from '../../cli/progress.ts';
import type { Status } from '../../reconciler/model/status.ts';
import { sampleStatus } from '../real/browser/sample-status.ts';

type Action = NonNullable<Status['plan']>['actions'][number];

function stage(rows?: number) {
  const written: string[] = [];
  let now = 0;
  const progress = createProgress({
    write: (text) => void written.push(text),
    now: () => now,
    ...(rows === undefined ? {} : { rows: () => rows }),
  });
  const pass = (ms: number): void => {
    now += ms;
  };
  const status = (...actions: readonly [string, Action['state'], string?][]): Status => ({
    ...sampleStatus(0),
    plan: {
      digest: 'd',
      revision: 'r',
      at: 1,
      holds: [],
      actions: actions.map(([id, state, detail]) => ({
        id,
        kind: 'pull-image',
        host: 'local',
        reason: 'not there',
        cause: 'file',
        state,
        ...(detail === undefined ? {} : { detail }),
      })),
    },
  });
  return { written, progress, status, pass };
}

it('writes a line at the start, one while it takes long, and one at the end when nobody watches a terminal', () => {
  vi.useFakeTimers();
  const { written, progress, status, pass } = stage();
  progress.update(status(['pull-image:web', 'running']));
  pass(12_000);
  progress.update(status(['pull-image:web', 'running', '3 of 7 layers']));
  pass(3000);
  progress.update(status(['pull-image:web', 'done']));
  expect(written.join('')).toBe(
    'start pull-image:web: not there\nstill pull-image:web (12.0 s): 3 of 7 layers\n✓ pull-image:web done in 15.0 s (why: not there)\n',
  );
  vi.useRealTimers();
});

it('says each thing once, however often the status is sent', () => {
  const { written, progress, status } = stage();
  for (let index = 0; index < 5; index += 1) progress.update(status(['a', 'failed', 'image not found']));
  expect(written).toEqual(['✗ a failed in 0.0 s: image not found\n']);
});

it('keeps the block on a terminal lower than the screen', () => {
  const { written, progress, status } = stage(6);
  progress.update(status(...['a', 'b', 'c', 'd', 'e'].map((id): [string, Action['state']] => [id, 'running'])));
  expect(written.at(-1)).toBe('[0/5]\n  … a  0.0 s\n  … b  0.0 s\n  … 3 more\n');
  progress.update(status(...['a', 'b', 'c', 'd', 'e'].map((id): [string, Action['state']] => [id, 'done'])));
  expect(written).toContain('\u001B[4A\u001B[0J');
  progress.close();
});

import { expect, it } from 'vitest';
import { findDecision } from '../../cli/explain-pool.ts';
import { scalePools } from '../../reconciler/plan/scale.ts';
import { jobs, snapshotOf } from './world.ts';

const [decision] = scalePools(snapshotOf({ queued: jobs(2) })).decisions;
const row = { queued: 2, busy: 0, idle: 0, starting: 0, size: 0, desired: 2, series: [] };
if (decision === undefined) throw new Error('no decision');
const pools = [
  { ...row, pool: 'linux', decision },
  { ...row, pool: 'gpu' },
];

it('finds the newest decision about a pool', () => {
  expect(findDecision({ pools }, 'linux')).toEqual({ kind: 'found', decision });
});

it('says what there is when the pool is not there, not named, or was never decided about', () => {
  const message = (name: string | undefined, known: readonly (typeof pools)[number][] = pools): string => {
    const found = findDecision({ pools: known }, name);
    return found.kind === 'none' ? found.message : '';
  };
  expect(message('linx')).toBe('there is no pool linx\nnext: did you mean linux?\n');
  expect(message('windows-11')).toBe('there is no pool windows-11\nnext: name one of linux, gpu\n');
  expect(message(undefined)).toBe('a pool must be named\nnext: name one of linux, gpu\n');
  expect(message('gpu')).toBe('nothing was decided about pool gpu yet\nnext: ask again after the next cycle\n');
  expect(message('linux', [])).toBe('this platform has no runner pool\nnext: add one under runners\n');
});

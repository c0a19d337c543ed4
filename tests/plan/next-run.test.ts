import { describe, expect, it } from 'vitest';
import { momentText, nextRun } from '../../reconciler/plan/next-run.ts';

const nextAfter = (fields: string, zone: string, moment: string) => {
  const next = nextRun(fields, zone, Date.parse(moment));
  return next === undefined ? 'never' : `${new Date(next).toISOString()}, ${momentText(next, zone)}`;
};

describe('the next time of a job', () => {
  it.each([
    ['0 3 * * *', 'UTC', '2026-11-21T02:59:59.999Z', '2026-11-21T03:00:00.000Z, 2026-11-21 03:00 UTC'],
    ['0 3 * * *', 'UTC', '2026-11-21T03:00:00.000Z', '2026-11-22T03:00:00.000Z, 2026-11-22 03:00 UTC'],
    ['0 3 * * *', 'Europe/Madrid', '2026-11-21T01:00:00Z', '2026-11-21T02:00:00.000Z, 2026-11-21 03:00 Europe/Madrid'],
    ['*/5 * * * *', 'Asia/Kolkata', '2026-11-21T02:01:13Z', '2026-11-21T02:05:00.000Z, 2026-11-21 07:35 Asia/Kolkata'],
    ['0 0 1 * mon', 'UTC', '2026-11-21T02:01:13Z', '2026-11-23T00:00:00.000Z, 2026-11-23 00:00 UTC'],
    ['0 0 29 2 *', 'UTC', '2026-11-21T02:01:13Z', '2028-02-29T00:00:00.000Z, 2028-02-29 00:00 UTC'],
    ['0 0 31 2 *', 'UTC', '2026-11-21T02:01:13Z', 'never'],
  ])('of %s in %s after %s is %s', (fields, zone, moment, expected) => {
    expect(nextAfter(fields, zone, moment)).toBe(expected);
  });

  it('in an hour that the clocks skip in spring comes right after it', () => {
    expect(nextAfter('30 2 * * *', 'Europe/Madrid', '2026-03-28T12:00:00Z')).toBe(
      '2026-03-29T01:00:00.000Z, 2026-03-29 03:00 Europe/Madrid',
    );
  });

  it('in an hour that comes twice in autumn comes once', () => {
    const first = '2026-10-25T00:30:00.000Z';
    expect(nextAfter('30 2 * * *', 'Europe/Madrid', '2026-10-24T12:00:00Z')).toContain(first);
    expect(nextAfter('30 2 * * *', 'Europe/Madrid', first)).toContain('2026-10-26T01:30:00.000Z');
  });
});

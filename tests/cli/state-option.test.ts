import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateOf } from '../../cli/service-options.ts';
import { UsageError } from '../../cli/usage-error.ts';

describe('--state', () => {
  it('is a folder, taken from here', () => {
    expect(stateOf({ state: 'here' })).toBe(resolve('here'));
    expect(stateOf({ state: 'here', embedded: true })).toBe(resolve('here'));
  });

  it('keeps nothing for an embedded world that names none, or asks for it', () => {
    expect(stateOf({ embedded: true })).toBe(':memory:');
    expect(stateOf({ embedded: true, state: ':memory:' })).toBe(':memory:');
  });

  it('is refused as :memory: for a real world, with the next step', () => {
    expect(() => stateOf({ state: ':memory:' })).toThrow(UsageError);
    expect(() => stateOf({ state: ':memory:' })).toThrow('name a folder with --state, or add --embedded');
  });
});

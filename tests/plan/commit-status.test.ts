import { describe, expect, it } from 'vitest';
import { commitStatus } from '../../reconciler/plan/commit-status.ts';

const input = { platform: 'home', revision: 'a1', history: [], pursued: 'a1', problem: undefined, units: 3 };

describe('a commit status', () => {
  it('is told under the name of the platform, so that several tell about one commit', () => {
    expect(commitStatus(input)?.context).toBe('autogit/home');
  });

  it('is told for each environment of a file on its own', () => {
    expect(commitStatus({ ...input, environment: 'staging' })?.context).toBe('autogit/home/staging');
  });
});

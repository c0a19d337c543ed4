import { describe, expect, it } from 'vitest';
import { applyCommand } from '../../cli/apply-command.ts';

describe('the command that a plan ends with', () => {
  it('is short where the plan needed no flags; defaults are not repeated', () => {
    const given = { branch: 'main', path: 'autogit.yaml', logLevel: 'info', format: 'text' };
    expect(applyCommand('1a2b', given)).toBe('autogit apply --plan 1a2b');
  });

  it('has the flags that the plan was made with, ready for a shell', () => {
    const given = {
      file: 'my home/autogit.yaml',
      state: '/srv/state',
      embedded: true,
      runnerNetwork: 'ci',
      log: 'json',
    };
    expect(applyCommand('1a2b', given)).toBe(
      "autogit apply --file 'my home/autogit.yaml' --state /srv/state --embedded --runner-network ci --plan 1a2b",
    );
  });
});

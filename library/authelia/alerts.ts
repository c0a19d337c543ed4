import type { AlertRule } from '../../compiler/model/facts.ts';

const minuteMs = 60_000;

/** What somebody should look at. The metrics are those of https://www.authelia.com/reference/guides/metrics/. */
export function signOnAlerts(id: string, origin: string): readonly AlertRule[] {
  const job = `job="${id}"`;
  return [
    {
      id: 'SignOnBansSomebody',
      origin,
      expression: `increase(authelia_authn{${job},banned="true"}[15m]) > 0`,
      forMs: 0,
      severity: 'warning',
      summary:
        'Sign-on has shut somebody out after wrong passwords: its log names the user and the address; a ban ends by itself.',
    },
    {
      id: 'SignOnFails',
      origin,
      expression: `sum(rate(authelia_request{${job},code=~"5.."}[10m])) > 0.01`,
      forMs: 10 * minuteMs,
      severity: 'critical',
      summary: 'Sign-on answers with errors, so guarded hosts cannot be opened: read its log.',
    },
    {
      id: 'SignOnIsTriedOften',
      origin,
      expression: `sum(increase(authelia_authn{${job},success="false"}[10m])) > 30`,
      forMs: 0,
      severity: 'warning',
      summary:
        '{{ $value | humanize }} wrong passwords in ten minutes: somebody may be guessing; the log of sign-on names the addresses.',
    },
  ];
}

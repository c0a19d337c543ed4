/** Metrics of Gitea and Forgejo, which they show with a token alone (https://docs.gitea.com/administration/config-cheat-sheet#metrics-metrics). */
import type { PartContext } from '../compiler/model/component.ts';
import type { AlertRule, Facts } from '../compiler/model/facts.ts';

const minuteMs = 60_000;

/** Id of the secret with the token; undefined while nobody reads the metrics. */
export function metricsToken({ id, platform }: PartContext): string | undefined {
  return platform.roles.includes('monitoring') ? `${id}-metrics-token` : undefined;
}

/** Where they are, and what somebody should look at. `memoryBytes`: the most that the forge may use. */
export function forgeWatch(context: PartContext, port: number, memoryBytes: number): Pick<Facts, 'scrapes' | 'alerts'> {
  const { id, origin } = context;
  const token = metricsToken(context);
  if (token === undefined) return {};
  return {
    scrapes: [{ id, workload: id, port, path: '/metrics', origin, token }],
    alerts: forgeAlerts(id, origin, memoryBytes),
  };
}

/** A forge says nothing of failed requests, which the ingress does; what it says is how the program itself is. */
function forgeAlerts(id: string, origin: string, memoryBytes: number): readonly AlertRule[] {
  const job = `{job="${id}"}`;
  return [
    {
      id: 'ForgeFilesRunOut',
      origin,
      expression: `process_open_fds${job} / process_max_fds${job} > 0.8`,
      forMs: 10 * minuteMs,
      severity: 'warning',
      summary:
        'The forge has {{ $value | humanizePercentage }} of the files open that it may: pushes and clones will fail.',
    },
    {
      id: 'ForgeMemoryIsShort',
      origin,
      expression: `process_resident_memory_bytes${job} / ${memoryBytes} > 0.9`,
      forMs: 15 * minuteMs,
      severity: 'warning',
      summary:
        'The forge uses {{ $value | humanizePercentage }} of the memory that it may: raise `forge.limits.memory` before it is ended.',
    },
    {
      id: 'ForgeStartsAgainAndAgain',
      origin,
      expression: `changes(process_start_time_seconds${job}[30m]) > 2`,
      forMs: 0,
      severity: 'critical',
      summary: 'The forge has started {{ $value }} times within half an hour: read its log.',
    },
  ];
}

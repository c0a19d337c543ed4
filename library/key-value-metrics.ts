import type { ExpandContext, ImageLicence } from '../compiler/model/component.ts';
import type { AlertRule } from '../compiler/model/facts.ts';
import type { Workload } from '../compiler/model/platform.ts';
import { exporterOf } from './exporter.ts';

export const metricsPort = 9121;

export const metricsImage: ImageLicence = {
  image: 'oliver006/redis_exporter:v1.91.1-alpine',
  title: 'Redis exporter',
  licence: 'MIT',
};

/**
 * The program that turns `INFO` into metrics (https://github.com/oliver006/redis_exporter). Its user may do nothing but ask
 * that, so it needs no password; the program sends one only because it sends the name of its user with it.
 */
export function metricsOf(context: ExpandContext<'cache'>, port: number): Workload {
  return exporterOf(context, {
    component: 'redis-exporter',
    image: metricsImage.image,
    port: metricsPort,
    healthPath: '/health',
    command: [
      `--redis.addr=redis://${context.platform.name}-${context.id}:${port}`,
      '--redis.user=metrics',
      '--redis.password=none',
      `--web.listen-address=:${metricsPort}`,
      // What that user may not do.
      '--config-command=-',
      '--set-client-name=false',
    ],
  });
}

export function cacheAlerts(persistent: boolean, origin: string): readonly AlertRule[] {
  const rules: readonly Omit<AlertRule, 'origin'>[] = [
    ...(persistent
      ? [
          {
            id: 'CacheDoesNotWrite',
            expression: 'redis_aof_last_write_status{job="cache"} == 0',
            forMs: 60_000,
            severity: 'critical',
            summary:
              'The cache cannot write its log, so a restart would lose what is new: see whether its disk is full.',
          } as const,
        ]
      : []),
    {
      id: 'CacheIsDown',
      expression: 'redis_up{job="cache"} == 0',
      forMs: 120_000,
      severity: 'critical',
      summary: 'The cache does not answer: read its log.',
    },
    {
      id: 'CacheIsFull',
      expression: 'redis_memory_used_bytes{job="cache"} / redis_memory_max_bytes{job="cache"} > 0.9',
      forMs: 600_000,
      severity: 'warning',
      summary:
        '{{ $value | humanizePercentage }} of the memory of the cache is taken: raise its limit, or let it evict.',
    },
  ];
  return rules.map((rule) => ({ ...rule, origin }));
}

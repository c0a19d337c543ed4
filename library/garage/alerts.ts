import type { AlertRule } from '../../compiler/model/facts.ts';

/** From the metrics of Garage (https://garagehq.deuxfleurs.fr/documentation/reference-manual/monitoring/). */
export function storeAlerts(origin: string): readonly AlertRule[] {
  const rules: readonly Omit<AlertRule, 'origin'>[] = [
    {
      id: 'ObjectsAreLost',
      expression: 'block_resync_errored_blocks{job="objects"} > 0',
      forMs: 900_000,
      severity: 'critical',
      summary:
        '{{ $value }} blocks of objects cannot be found: see the disk of the store and `garage block list-errors`, and restore them from a backup.',
    },
    {
      id: 'ObjectsDiskIsFull',
      expression:
        'garage_local_disk_avail{job="objects",volume="data"} / garage_local_disk_total{job="objects",volume="data"} < 0.1',
      forMs: 900_000,
      severity: 'warning',
      summary: 'The disk of the object storage has {{ $value | humanizePercentage }} left: make room, or give it more.',
    },
    {
      id: 'ObjectsFail',
      expression: 'sum(rate(api_s3_error_counter{job="objects",status_code=~"5.."}[10m])) > 0',
      forMs: 600_000,
      severity: 'warning',
      summary: 'The object storage has answered with errors for ten minutes: read its log.',
    },
    {
      id: 'ObjectsNotAvailable',
      expression: 'cluster_available{job="objects"} == 0',
      forMs: 120_000,
      severity: 'critical',
      summary: 'The object storage runs and cannot serve: read its log, and ask `garage status` in its container.',
    },
  ];
  return rules.map((rule) => ({ ...rule, origin }));
}

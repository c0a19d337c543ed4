import type { AlertRule } from '../../compiler/model/facts.ts';

export function alertsOf(origin: string): readonly AlertRule[] {
  return [
    {
      id: 'NameServerFails',
      origin,
      expression:
        'sum(rate(coredns_dns_responses_total{job="dns",rcode="SERVFAIL"}[10m])) / sum(rate(coredns_dns_responses_total{job="dns"}[10m])) > 0.05',
      forMs: 600_000,
      severity: 'warning',
      summary:
        '{{ $value | humanizePercentage }} of the questions get no answer: see whether the servers in `forward` can be reached.',
    },
    {
      id: 'NameServerPanics',
      origin,
      expression: 'increase(coredns_panics_total{job="dns"}[10m]) > 0',
      forMs: 0,
      severity: 'critical',
      summary: 'The name server has a fault and starts again each time: read its log, and try another version.',
    },
  ];
}

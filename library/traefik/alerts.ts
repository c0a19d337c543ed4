import type { AlertRule } from '../../compiler/model/facts.ts';

const minuteMs = 60_000;

/** What somebody should look at. The metrics are those of https://doc.traefik.io/traefik/reference/install-configuration/observability/metrics/. */
export function ingressAlerts(id: string, origin: string): readonly AlertRule[] {
  const job = `job="${id}"`;
  const requests = (more = '') => `sum by (service) (rate(traefik_service_requests_total{${job}${more}}[5m]))`;
  return [
    {
      id: 'CertificateEnds',
      origin,
      // Certificates are renewed a month before they end, or when a third of a short life is left.
      expression: `min by (cn, sans) (traefik_tls_certs_not_after{${job}}) - time() < 7 * 86400`,
      forMs: 60 * minuteMs,
      severity: 'critical',
      summary:
        'The certificate of {{ $labels.sans }} ends in {{ $value | humanizeDuration }} and was not renewed: read the log of who certifies, which is the ingress or the part called certificates.',
    },
    {
      id: 'IngressConfigurationFails',
      origin,
      expression: `traefik_config_last_reload_success{${job}} == 0`,
      forMs: 5 * minuteMs,
      severity: 'critical',
      summary: 'The ingress could not read its configuration and goes on with an old one: read its log.',
    },
    {
      id: 'ServiceFails',
      origin,
      // A few requests say nothing.
      expression: `${requests(',code=~"5.."')} / ${requests()} > 0.05 and ${requests()} > 0.1`,
      forMs: 5 * minuteMs,
      severity: 'warning',
      summary:
        '{{ $value | humanizePercentage }} of the requests to {{ $labels.service }} fail: see whether it runs, and read its log.',
    },
  ];
}

import type { Upgrade } from '../../compiler/model/component.ts';
import { compareVersions, imageVersion } from '../../compiler/model/image-version.ts';
import { forwardOnly } from '../forward-only.ts';

/**
 * Grafana changes its database at the first start of a newer version; an older one starts on that and finds tables that it
 * does not know (https://grafana.com/docs/grafana/latest/upgrade-guide/).
 */
export const grafanaUpgrade = forwardOnly({ refuses: 2, warns: 1, older: 'is not made for' });

/** Metrics of Prometheus 3 are read from version 2.55 on (https://prometheus.io/docs/prometheus/latest/migration/). */
export function prometheusUpgrade(from: string, to: string): Upgrade {
  const [old, now] = [imageVersion(from), imageVersion(to)];
  if (old === undefined || now === undefined)
    return { kind: 'warning', reason: 'a tag says no version, and Prometheus before 2.55 does not read newer metrics' };
  if (compareVersions(old, [3]) < 0 || compareVersions(now, [2, 55]) >= 0) return { kind: 'fine' };
  return {
    kind: 'refused',
    reason: `Prometheus ${now.join('.')} does not read the metrics of ${old.join('.')}`,
    steps: ['go to 2.55 at most, or begin with an empty volume'],
  };
}

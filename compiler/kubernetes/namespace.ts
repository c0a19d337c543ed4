import type { Platform } from '../model/platform.ts';
import { platformLabels, sourceAnnotation } from './names.ts';
import type { Placed } from './objects.ts';
import { isLaxer, neededLevel } from './security.ts';

/**
 * The namespace enforces the Pod Security level of the file, or else the strictest that all pods meet, and warns at the
 * same level. Where a pod that does not meet the level of the file was accepted, what it needs is enforced, since all
 * other levels would refuse it; warnings and the audit log keep to the level of the file.
 */
export function namespaceObject(platform: Platform): Placed {
  const needed = neededLevel(platform);
  const level = platform.cluster.podSecurity ?? needed;
  const enforced = isLaxer(needed, level) ? needed : level;
  return {
    origin: '',
    object: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: platform.cluster.namespace,
        labels: {
          ...platformLabels(platform),
          'pod-security.kubernetes.io/audit': level,
          'pod-security.kubernetes.io/enforce': enforced,
          'pod-security.kubernetes.io/warn': level,
        },
        annotations: sourceAnnotation(''),
      },
      body: {},
    },
  };
}

import type { Platform } from '../model/platform.ts';
import { platformLabels, sourceAnnotation } from './names.ts';
import type { Placed } from './objects.ts';
import { namespaceLevel } from './security.ts';

/** The namespace enforces the strictest Pod Security level that all workloads meet, and warns at the same level. */
export function namespaceObject(platform: Platform): Placed {
  const level = namespaceLevel(platform);
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
          'pod-security.kubernetes.io/enforce': level,
          'pod-security.kubernetes.io/warn': level,
        },
        annotations: sourceAnnotation(''),
      },
      body: {},
    },
  };
}

import { signOnMiddleware } from '../model/sign-on.ts';
import { certificateName } from './certificates.ts';
import { objectName } from './names.ts';
import type { Placed } from './objects.ts';
import { backend, placed, routeMetadata, type Served } from './served.ts';

/**
 * Traefik's own kind. The class is an annotation, which Traefik reads in every version of its third major one (3.7 has a
 * field besides); another Traefik of the cluster leaves such a route alone.
 */
export function ingressRoute(served: Served): Placed {
  const { platform, ingress, route } = served;
  const metadata = routeMetadata(served);
  const certified = platform.certificates !== undefined;
  const path = route.path === '/' ? '' : ` && PathPrefix(\`${route.path}\`)`;
  return placed(served, {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, 'kubernetes.io/ingress.class': objectName(platform, ingress.id) },
    },
    body: {
      spec: {
        entryPoints: certified ? ['websecure'] : ['web', 'websecure'],
        ...(certified ? { tls: { secretName: certificateName(platform, route.hostname) } } : {}),
        routes: [
          {
            kind: 'Rule',
            match: `Host(\`${route.hostname}\`)${path}`,
            ...(route.protect?.by === 'sso' ? { middlewares: [{ name: `${signOnMiddleware}@file` }] } : {}),
            services:
              route.itself === true
                ? [{ kind: 'TraefikService', name: 'api@internal' }]
                : [{ kind: 'Service', ...backend(served) }],
          },
        ],
      },
    },
  });
}

import type { Platform, Workload } from '../model/platform.ts';
import { signOnMiddleware } from '../model/sign-on.ts';
import { certificateName } from './certificates.ts';
import { objectName, platformLabels, sourceAnnotation } from './names.ts';
import type { Placed } from './objects.ts';
import { backend, placed, routeMetadata, type Served } from './served.ts';

/** Annotation that names the middlewares of a route, which Traefik reads. */
const middlewares = 'traefik.ingress.kubernetes.io/router.middlewares';

/** The class of all Ingress objects of the platform. */
export function ingressClass(platform: Platform, ingress: Workload): Placed {
  return {
    workload: ingress.id,
    origin: ingress.origin,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: {
        name: objectName(platform, ingress.id),
        labels: platformLabels(platform),
        annotations: sourceAnnotation(ingress.origin),
      },
      body: { spec: { controller: 'traefik.io/ingress-controller' } },
    },
  };
}

/** One that the ingress serves itself has the certificate of its host and no backend: the ingress knows the rest. */
export function ingressOf(served: Served): Placed {
  const { platform, ingress, route } = served;
  const { name, port } = backend(served);
  const service = { name, port: { number: port } };
  const metadata = routeMetadata(served);
  const itself = route.itself === true;
  const middleware = route.protect?.by === 'sso' && !itself ? { [middlewares]: `${signOnMiddleware}@file` } : {};
  return placed(served, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...middleware } },
    body: {
      spec: {
        ingressClassName: objectName(platform, ingress.id),
        ...(platform.certificates === undefined
          ? {}
          : { tls: [{ hosts: [route.hostname], secretName: certificateName(platform, route.hostname) }] }),
        rules: [
          {
            host: route.hostname,
            ...(itself ? {} : { http: { paths: [{ path: route.path, pathType: 'Prefix', backend: { service } }] } }),
          },
        ],
      },
    },
  });
}

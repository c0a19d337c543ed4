import type { Cluster, Workload } from '../../compiler/model/platform.ts';

type Rules = NonNullable<Workload['kubernetesRules']>;

const read = ['get', 'list', 'watch'];

/** What every provider for Kubernetes follows to find the pods behind a Service. */
const backends: Rules = [
  { apiGroups: [''], resources: ['secrets', 'services'], verbs: read },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
];

/**
 * What Traefik's provider for one kind of routes lists and watches, and the status that it writes back. A kind that it
 * may not list keeps it from starting, so each list is complete
 * (pkg/provider/kubernetes/{ingress,crd,gateway}/client.go of Traefik 3.7).
 */
export const kubernetesRules: Readonly<Record<Cluster['routes'], Rules>> = {
  ingress: [
    { apiGroups: [''], resources: ['nodes', 'secrets', 'services'], verbs: read },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses', 'ingresses'], verbs: read },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
  ],
  traefik: [
    ...backends,
    { apiGroups: [''], resources: ['configmaps'], verbs: read },
    {
      apiGroups: ['traefik.io'],
      resources: [
        'ingressroutes',
        'ingressroutetcps',
        'ingressrouteudps',
        'middlewares',
        'middlewaretcps',
        'serverstransports',
        'serverstransporttcps',
        'tlsoptions',
        'tlsstores',
        'traefikservices',
      ],
      verbs: read,
    },
  ],
  gateway: [
    ...backends,
    { apiGroups: [''], resources: ['configmaps', 'namespaces'], verbs: read },
    {
      apiGroups: ['gateway.networking.k8s.io'],
      resources: [
        'backendtlspolicies',
        'gatewayclasses',
        'gateways',
        'grpcroutes',
        'httproutes',
        'referencegrants',
        'tlsroutes',
      ],
      verbs: read,
    },
    {
      apiGroups: ['gateway.networking.k8s.io'],
      resources: [
        'backendtlspolicies/status',
        'gatewayclasses/status',
        'gateways/status',
        'grpcroutes/status',
        'httproutes/status',
        'tlsroutes/status',
      ],
      verbs: ['update'],
    },
  ],
};

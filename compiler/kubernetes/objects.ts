/**
 * The Kubernetes objects that AutoGit writes, typed by the API types of cdk8s-plus-28 (Kubernetes 1.28, which all
 * supported servers read). Values are the plain JSON of a manifest: where the generated classes want a `Quantity` or an
 * `IntOrString` object, here stands its text or number. The types cost nothing at run time: no class is loaded.
 */
import type { k8s } from 'cdk8s-plus-28';
import type { Pointer } from '../../schema/diagnostic.ts';

/** The same type with wrapper objects (`{ value }` and nothing else) replaced by what they wrap. */
type Plain<T> = T extends string | number | boolean | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends { readonly value: string | number }
      ? keyof T extends 'value'
        ? string | number
        : PlainMembers<T>
      : PlainMembers<T>;
type PlainMembers<T> = { readonly [K in keyof T]: Plain<T[K]> };

export type Container = Plain<k8s.Container>;
export type EnvVar = Plain<k8s.EnvVar>;
/** With what later versions than 1.28 brought and the compiler writes for them. */
export type PodSecurityContext = Plain<k8s.PodSecurityContext> & { readonly supplementalGroupsPolicy?: 'Strict' };
export type PodSpec = Plain<k8s.PodSpec>;
export type PodTemplate = Plain<k8s.PodTemplateSpec>;
export type JobSpec = Plain<k8s.JobSpec>;
export type DeploymentStrategy = Plain<k8s.DeploymentStrategy>;
export type Probe = Plain<k8s.Probe>;
export type PodVolume = Plain<k8s.Volume>;
export type VolumeMount = Plain<k8s.VolumeMount>;
export type ServicePort = Plain<k8s.ServicePort>;
export type IngressRule = Plain<k8s.NetworkPolicyIngressRule>;
export type EgressRule = Plain<k8s.NetworkPolicyEgressRule>;
export type ClaimSpec = Plain<k8s.PersistentVolumeClaimSpec>;

export interface Metadata {
  readonly name: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Typed<Kind extends string, ApiVersion extends string, Props> {
  readonly apiVersion: ApiVersion;
  readonly kind: Kind;
  readonly metadata: Metadata;
  readonly body: Plain<Omit<Props, 'metadata'>>;
}

/** Every kind that the target can write, with what stands beside `apiVersion`, `kind` and `metadata` in `body`. */
export type KubernetesObject =
  | Typed<'Namespace', 'v1', k8s.KubeNamespaceProps>
  | Typed<'ServiceAccount', 'v1', k8s.KubeServiceAccountProps>
  | Typed<'ConfigMap', 'v1', k8s.KubeConfigMapProps>
  | Typed<'PersistentVolumeClaim', 'v1', k8s.KubePersistentVolumeClaimProps>
  | Typed<'Service', 'v1', ServiceProps>
  | Typed<'Deployment', 'apps/v1', k8s.KubeDeploymentProps>
  | Typed<'DaemonSet', 'apps/v1', k8s.KubeDaemonSetProps>
  | Typed<'RuntimeClass', 'node.k8s.io/v1', k8s.KubeRuntimeClassProps>
  | Typed<'StatefulSet', 'apps/v1', k8s.KubeStatefulSetProps>
  | Typed<'Job', 'batch/v1', k8s.KubeJobProps>
  | Typed<'CronJob', 'batch/v1', k8s.KubeCronJobProps>
  | Typed<'PodDisruptionBudget', 'policy/v1', k8s.KubePodDisruptionBudgetProps>
  | Typed<'IngressClass', 'networking.k8s.io/v1', k8s.KubeIngressClassProps>
  | Typed<'Ingress', 'networking.k8s.io/v1', k8s.KubeIngressProps>
  | Typed<'NetworkPolicy', 'networking.k8s.io/v1', k8s.KubeNetworkPolicyProps>
  | Typed<'Role', 'rbac.authorization.k8s.io/v1', k8s.KubeRoleProps>
  | Typed<'RoleBinding', 'rbac.authorization.k8s.io/v1', k8s.KubeRoleBindingProps>
  | Typed<'ClusterRole', 'rbac.authorization.k8s.io/v1', k8s.KubeClusterRoleProps>
  | Typed<'ClusterRoleBinding', 'rbac.authorization.k8s.io/v1', k8s.KubeClusterRoleBindingProps>
  | Custom<'IngressRoute', 'traefik.io/v1alpha1', IngressRouteSpec>
  | Custom<'Issuer', 'cert-manager.io/v1', IssuerSpec>
  | Custom<'Certificate', 'cert-manager.io/v1', CertificateSpec>
  | Custom<'GatewayClass', 'gateway.networking.k8s.io/v1', { readonly controllerName: string }>
  | Custom<'Gateway', 'gateway.networking.k8s.io/v1', GatewaySpec>
  | Custom<'HTTPRoute', 'gateway.networking.k8s.io/v1', HttpRouteSpec>;

/** cdk8s writes the name of the one key in another way than Kubernetes. */
type ServiceProps = Omit<k8s.KubeServiceProps, 'spec'> & {
  readonly spec?: Omit<k8s.ServiceSpec, 'clusterIp'> & { readonly clusterIP?: 'None' };
};

/** Custom kinds, with the part of them that is written. */
interface Custom<Kind extends string, ApiVersion extends string, Spec> {
  readonly apiVersion: ApiVersion;
  readonly kind: Kind;
  readonly metadata: Metadata;
  readonly body: { readonly spec: Spec };
}

/** https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/ */
export interface IngressRouteSpec {
  readonly entryPoints: readonly string[];
  readonly tls?: { readonly secretName: string };
  readonly routes: readonly {
    readonly kind: 'Rule';
    readonly match: string;
    readonly middlewares?: readonly { readonly name: string }[];
    readonly services: readonly (
      | { readonly kind: 'Service'; readonly name: string; readonly port: number }
      /** What Traefik serves itself. */
      | { readonly kind: 'TraefikService'; readonly name: 'api@internal' }
    )[];
  }[];
}

/** https://gateway-api.sigs.k8s.io/reference/spec/ */
export interface GatewaySpec {
  readonly gatewayClassName: string;
  readonly listeners: readonly {
    readonly name: string;
    readonly port: number;
    readonly protocol: 'HTTP' | 'HTTPS';
    readonly hostname?: string;
    readonly tls?: {
      readonly mode: 'Terminate';
      readonly certificateRefs: readonly { readonly group: ''; readonly kind: 'Secret'; readonly name: string }[];
    };
    readonly allowedRoutes: { readonly namespaces: { readonly from: 'Same' } };
  }[];
}

export interface HttpRouteSpec {
  readonly parentRefs: readonly {
    readonly group: string;
    readonly kind: 'Gateway';
    readonly name: string;
    readonly sectionName: string;
  }[];
  readonly hostnames: readonly string[];
  readonly rules: readonly {
    readonly matches: readonly { readonly path: { readonly type: 'PathPrefix'; readonly value: string } }[];
    readonly filters?: readonly {
      readonly type: 'RequestRedirect';
      readonly requestRedirect: { readonly scheme: 'https'; readonly port: number; readonly statusCode: 301 };
    }[];
    readonly backendRefs?: readonly {
      readonly group: string;
      readonly kind: 'Service';
      readonly name: string;
      readonly port: number;
      readonly weight: number;
    }[];
  }[];
}

/** https://cert-manager.io/docs/reference/api-docs/ */
export interface IssuerSpec {
  readonly selfSigned?: Readonly<Record<string, never>>;
  readonly ca?: { readonly secretName: string };
  readonly acme?: {
    readonly server: string;
    readonly email?: string;
    readonly privateKeySecretRef: { readonly name: string };
    readonly solvers: readonly {
      readonly http01?: {
        readonly ingress?: { readonly ingressClassName: string };
        readonly gatewayHTTPRoute?: { readonly parentRefs: HttpRouteSpec['parentRefs'] };
      };
      readonly dns01?: Readonly<
        Record<string, Readonly<Record<string, string | { readonly name: string; readonly key: string }>>>
      >;
    }[];
  };
}

export interface CertificateSpec {
  readonly secretName: string;
  readonly issuerRef: { readonly group: string; readonly kind: 'Issuer'; readonly name: string };
  readonly dnsNames?: readonly string[];
  readonly isCA?: true;
  readonly commonName?: string;
  readonly duration?: string;
  readonly privateKey?: { readonly algorithm: 'ECDSA'; readonly size: number; readonly rotationPolicy: 'Never' };
  readonly usages?: readonly string[];
}

/** An object with its place in the rendered tree and in the user's file. */
export interface Placed {
  readonly object: KubernetesObject;
  /** Workload whose folder holds it; absent for what belongs to the whole platform. */
  readonly workload?: string;
  readonly origin: Pointer;
}

/** What tells an object from all others, with its place in the file. */
export interface Named {
  readonly object: Pick<KubernetesObject, 'kind' | 'metadata'>;
  readonly origin: Pointer;
}

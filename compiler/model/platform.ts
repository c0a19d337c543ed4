/**
 * The target-neutral platform: what the file means, with every default filled in.
 *
 * Written by `resolve`, read by `check`, the targets and the reconciler. All lists are sorted by id, so the order of
 * the file never shows. Every node carries `origin`, the pointer into `autogit.yaml` that made it.
 */
import type { Pointer } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import type { Backup } from './backup.ts';

export interface Platform {
  /** DNS label, prefix of every object. */
  readonly name: string;
  readonly domain: string;
  readonly target: 'compose' | 'kubernetes';
  readonly gitops: GitOps;
  readonly hosts: readonly Host[];
  readonly cluster: Cluster;
  readonly workloads: readonly Workload[];
  readonly volumes: readonly Volume[];
  readonly links: readonly Link[];
  readonly routes: readonly Route[];
  /** Who certifies the hosts of the routes; absent means nobody. */
  readonly certificates?: Certificates;
  readonly secrets: readonly Secret[];
  readonly configs: readonly Config[];
  /** What is kept of it and how that comes back; absent: nothing is. */
  readonly backup?: Backup;
  readonly pools: readonly Pool[];
  /** Where jobs come from and commit statuses go; absent when the file has no forge. */
  readonly forge?: Forge;
  /** Acknowledged losses: diagnostic code → reason. */
  readonly accept: Readonly<Record<string, string>>;
  /** Changes of rendered objects, in the order of the file. Absent means none. */
  readonly patches?: readonly Patch[];
}

/** A change of one rendered object that the language cannot say; its target must be there. */
export interface Patch {
  readonly origin: Pointer;
  /** A Kubernetes kind, or `service`, `network`, `volume` of a Compose project. */
  readonly kind: string;
  /** Name of the object, or key in the Compose project. */
  readonly name: string;
  /** Compose: the host; absent means the only one that has it. */
  readonly host?: string;
  readonly why: string;
  readonly change:
    | { readonly kind: 'merge'; readonly value: Readonly<Record<string, Value>> }
    | { readonly kind: 'json'; readonly steps: readonly JsonPatchStep[] };
}

/** One step of a JSON patch (RFC 6902). */
export interface JsonPatchStep {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: Value;
}

export type Architecture = 'amd64' | 'arm64' | 'riscv64';
export type GpuVendor = 'nvidia' | 'amd' | 'intel';

export interface GitOps {
  readonly repository?: string;
  readonly branch: string;
  readonly intervalMs: number;
  readonly prune: { readonly max: number; readonly volumes: 'never' };
  readonly rollback: 'auto' | 'off';
}

export interface Host {
  readonly id: string;
  readonly origin: Pointer;
  /** `docker` with an engine URL (`unix://`, `ssh://`, `tcp://`), or `process`: runners as local processes. */
  readonly engine: { readonly kind: 'docker'; readonly url: string } | { readonly kind: 'process' };
  /** Absent means that the file does not say. */
  readonly arch?: Architecture;
  /** What it has; absent means that the file does not say. */
  readonly cpus?: number;
  readonly memoryBytes?: number;
  /** Sorted by vendor. */
  readonly gpus: readonly HostGpus[];
}

/** The GPUs of one vendor on a host. */
export interface HostGpus {
  readonly vendor: GpuVendor;
  readonly mode: 'exclusive' | 'shared';
  readonly count?: number;
  /** Of each. */
  readonly memoryBytes?: number;
}

export interface Cluster {
  readonly context?: string;
  readonly namespace: string;
  readonly storageClass?: string;
  /** Image of the init containers that wait for others; absent means the default one. */
  readonly waitImage?: string;
  /** Image of those that wait for the end of a job; absent means the default one. */
  readonly jobWaitImage?: string;
  /** Oldest minor version that the output has to run on: `1.28`. */
  readonly version: string;
  /** What routes become: `Ingress`, Traefik's `IngressRoute`, or `HTTPRoute` of the Gateway API. */
  readonly routes: 'ingress' | 'traefik' | 'gateway';
  /** What the namespace enforces; absent means the strictest level that every pod meets. */
  readonly podSecurity?: 'restricted' | 'baseline' | 'privileged';
  /** Where external-dns makes hosts lead: `load-balancer`, an address or a name. Absent: it is told nothing. */
  readonly externalDns?: string;
  /** What the file says of the GPUs of the nodes, sorted by vendor; absent when it says nothing. */
  readonly gpus?: readonly ClusterGpus[];
}

/** The GPUs of one vendor in the cluster. */
export interface ClusterGpus {
  readonly vendor: GpuVendor;
  readonly origin: Pointer;
  /** Image of their device plugin; absent where the cluster has one already. */
  readonly image?: string;
  /** Labels of the nodes that have them, sorted; none means that every node may. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Of each; absent where they differ or the file does not say. */
  readonly memoryBytes?: number;
  /** Containers that may use one GPU at once; absent means one. */
  readonly share?: number;
  /** Container runtime of the nodes that lets them in; absent means the default one. */
  readonly runtime?: string;
  /** Of Intel's. */
  readonly driver?: 'i915' | 'xe';
}

export interface Forge {
  readonly kind: 'forgejo' | 'gitea';
  readonly origin: Pointer;
  /** Base address that the reconciler calls, without a trailing slash. */
  readonly url: string;
  /** True when AutoGit deploys the forge itself. */
  readonly deployed: boolean;
  /** Id of the secret that holds the API token. */
  readonly token: string;
}

/** A container: one that runs on, or with `job` one that ends. Its id is a role (`forge`) or a key of `services`. */
export interface Workload {
  readonly id: string;
  readonly origin: Pointer;
  /** Component that made it: `forgejo`, `postgres`, `service` … */
  readonly component: string;
  /** Host it runs on (Compose target). */
  readonly host: string;
  /** True when the file leaves open which of several Docker hosts that is: it runs on the first one. */
  readonly unplaced?: true;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Folder that the program starts in; absent means the image's own. */
  readonly workingDirectory?: string;
  /** Where `docker compose build` makes the image from. Engines and clusters pull `image`. */
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target?: string };
  /** Absent: it runs on. */
  readonly job?: Job;
  /** Copies at once, on Kubernetes; absent means 1. */
  readonly replicas?: number;
  /** True: on Kubernetes there is one on every node, and each answers by itself under `<name>-nodes`. */
  readonly everyNode?: true;
  readonly environment: readonly EnvironmentVariable[];
  readonly ports: readonly Port[];
  readonly mounts: readonly Mount[];
  readonly health?: Health;
  readonly needs: readonly Need[];
  readonly limits: Limits;
  readonly gpu?: GpuAsk;
  /** Limits of resources by name (`nofile`), sorted; -1 means none. */
  readonly ulimits?: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** Kernel settings of its own namespaces, sorted. */
  readonly sysctls?: readonly { readonly name: string; readonly value: string }[];
  /** Devices of the host that it may use, by path, sorted. */
  readonly devices?: readonly string[];
  /** Further names that others reach it by, sorted. */
  readonly aliases?: readonly string[];
  /** Names that it finds at fixed addresses, sorted. */
  readonly extraHosts?: readonly { readonly hostname: string; readonly address: string }[];
  /** True when it uses the network of the host. */
  readonly hostNetwork?: boolean;
  /** Numeric; absent when the image's own user is used. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly readOnlyRoot: boolean;
  /** Capabilities added back after dropping all, without the `CAP_` prefix. */
  readonly capabilities: readonly string[];
  /** May open connections to the Internet. */
  readonly internet: boolean;
  /** Owns data that two copies must not write at once: stop-first replacement, StatefulSet. */
  readonly stateful: boolean;
  /** True when the image brings its own first process, which must be process 1. */
  readonly ownInit?: boolean;
  readonly stopGraceMs: number;
  readonly stopSignal?: string;
  /**
   * Rules for the Kubernetes API, when the workload must read it: for the platform's namespace, and for the whole
   * cluster where a resource has no namespace.
   */
  readonly kubernetesRules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** A container that runs to its end. */
export interface Job {
  readonly origin: Pointer;
  readonly at:
    | { readonly kind: 'once' }
    | { readonly kind: 'cron'; readonly fields: string; readonly timezone: string };
  /** How long one run may take. */
  readonly timeoutMs: number;
  /** How often a failed run is tried again. */
  readonly retries: number;
}

/** GPUs that one container gets for itself. */
export interface GpuAsk {
  readonly origin: Pointer;
  readonly vendor: GpuVendor;
  readonly count: number;
  /** That each must have. */
  readonly memoryBytes?: number;
}

export interface EnvironmentVariable {
  readonly name: string;
  /** `secret-file`: the variable holds the path of the mounted secret. */
  readonly value:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'secret-file'; readonly secret: string };
  readonly origin: Pointer;
}

export interface Port {
  /** At most 15 characters, unique in the workload: `http`, `ssh`. */
  readonly name: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Port on the host (Compose) or of a LoadBalancer Service (Kubernetes), when reachable from outside. */
  readonly publish?: { readonly port: number; readonly address?: string };
  /** True: a need does not open it, only a link that names it, such as that of a route or a scrape target. */
  readonly private?: boolean;
  readonly origin: Pointer;
}

export type Mount =
  | { readonly kind: 'volume'; readonly volume: string; readonly path: string; readonly readOnly: boolean }
  | { readonly kind: 'config'; readonly config: string; readonly path: string }
  /** Default path is `/run/secrets/<secret>`. */
  | { readonly kind: 'secret'; readonly secret: string; readonly path: string }
  | { readonly kind: 'tmpfs'; readonly path: string; readonly sizeBytes?: number };

export interface Health {
  /**
   * `http`: GET on a port of the workload, any 2xx or 3xx is healthy. `client` is the program of the image that Compose
   * uses for it (an exec form is rendered); absent means `wget`.
   */
  readonly test:
    | { readonly kind: 'http'; readonly port: number; readonly path: string; readonly client?: 'wget' | 'curl' }
    | { readonly kind: 'tcp'; readonly port: number }
    | { readonly kind: 'exec'; readonly command: readonly string[] };
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  /** How long a start may take before a failing check counts. */
  readonly startMs: number;
}

export interface Need {
  readonly workload: string;
  /** `done`: a job that ended well. */
  readonly condition: 'started' | 'healthy' | 'done';
  readonly origin: Pointer;
}

export interface Limits {
  /** CPUs, 0.5 = half of one. */
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** Its id is `<workload>-<key>`; the object is named `<platform>-<id>`. */
export interface Volume {
  readonly id: string;
  readonly workload: string;
  readonly origin: Pointer;
  readonly sizeBytes: number;
  /** Name of a volume or claim that is there already; it is never made or removed. */
  readonly external?: string;
  /** Folder of the host that is mounted in place of a volume. */
  readonly hostPath?: string;
  /** False when the file leaves it out of backups. */
  readonly backup?: boolean;
}

/** `from` may open connections to `to` on `port`; nothing else is open. */
export interface Link {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly origin: Pointer;
}

/** An HTTP host served by the ingress. */
export interface Route {
  readonly id: string;
  readonly hostname: string;
  readonly path: string;
  readonly workload: string;
  readonly port: number;
  /** True: the ingress answers itself, with its own dashboard, and by no port. */
  readonly itself?: true;
  readonly origin: Pointer;
  /** Who may open it; absent when the file does not say. */
  readonly protect?: {
    readonly by: 'sso' | 'none';
    /** Sorted; absent means every user. */
    readonly groups?: readonly string[];
    /** Paths that need no sign-on, sorted. */
    readonly open: readonly string[];
  };
}

/**
 * Who certifies hosts, and how it is asked. On Compose the ingress finds certificates in `volume`, or keeps its account
 * and what it got there.
 */
export type Certificates = { readonly origin: Pointer; readonly volume: string } & (
  | {
      readonly kind: 'acme';
      /** Address of the directory of the ACME server. */
      readonly server: string;
      readonly email?: string;
      /** Secret with the certificates in PEM that the server itself is checked against; absent means the public ones. */
      readonly trust?: string;
      readonly challenge: AcmeChallenge;
    }
  /** An authority that the platform has for itself. */
  | { readonly kind: 'own-ca' }
);

export type AcmeChallenge =
  | { readonly kind: 'http-01' }
  | {
      readonly kind: 'dns-01';
      /** As the ACME client lego calls it: `cloudflare`. */
      readonly provider: string;
      /** Variables of lego and the secrets with their values, sorted: `CF_DNS_API_TOKEN`. */
      readonly credentials: readonly { readonly variable: string; readonly secret: string; readonly origin: Pointer }[];
    };

/** Where a value comes from; the value itself is never in a `Platform`. */
export interface Secret {
  readonly id: string;
  readonly origin: Pointer;
  readonly source:
    | { readonly kind: 'env'; readonly variable: string }
    | { readonly kind: 'file'; readonly path: string }
    /** Of letters and digits; `hex`: of hexadecimal ones. */
    | { readonly kind: 'generate'; readonly length: number; readonly alphabet?: 'hex' }
    /** A value of a file of the repository that SOPS encrypted; `pointer` leads to it. */
    | { readonly kind: 'sops'; readonly path: string; readonly pointer: string }
    /** A Secret of the cluster's namespace that something else keeps. */
    | { readonly kind: 'kubernetes'; readonly name: string; readonly key: string };
}

/** A file made by the compiler and mounted into one workload. Its id is `<workload>-<key>`. */
export interface Config {
  readonly id: string;
  readonly workload: string;
  readonly origin: Pointer;
  /** Name of the file in the rendered tree, unique in the workload: `traefik.yml`. */
  readonly file: string;
  readonly text: string;
}

export interface Pool {
  readonly id: string;
  readonly origin: Pointer;
  readonly labels: readonly string[];
  readonly arch: readonly Architecture[];
  /** Hosts that may run its runners, sorted. */
  readonly hosts: readonly string[];
  /** Image of a runner on a Docker host. */
  readonly image: string;
  /** `max` absent: as many as the hosts fit. */
  readonly size: { readonly min: number; readonly max?: number; readonly idle: number; readonly idleMs: number };
  readonly limits: Limits;
}

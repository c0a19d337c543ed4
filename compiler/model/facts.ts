/**
 * What a part says of itself before anything is expanded, for others to read: the ingress serves the routes, monitoring
 * asks the scrape targets, a backup keeps volumes and dumps. Facts depend on nothing but the part itself, so that no
 * order among components is needed, and two of them may read each other's.
 */
import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Demand } from './binding.ts';
import type { Certificates, Route, Volume } from './platform.ts';

/** Where a workload shows its metrics, in the text format of Prometheus. The way to it is opened by itself. */
export interface ScrapeTarget {
  /** `<workload>-<key>`, or the workload. */
  readonly id: string;
  readonly workload: string;
  readonly port: number;
  readonly path: string;
  readonly origin: Pointer;
  /** Secret that has to be sent as a bearer token. */
  readonly token?: string;
}

/** Connections that the ingress takes on a port of its own and hands on as they are, such as Git over SSH. */
export interface Stream {
  /** `<workload>-<name of the port>`. */
  readonly id: string;
  readonly workload: string;
  /** Name of the port, which the port of the ingress gets as well. */
  readonly name: string;
  readonly port: number;
  /** Port that clients connect to. */
  readonly listen: number;
  readonly origin: Pointer;
}

/** What somebody should look at. */
export interface AlertRule {
  /** Name of the alert, in upper camel case: `CacheIsFull`. */
  readonly id: string;
  readonly origin: Pointer;
  /** PromQL; the job of a scrape target is its id. */
  readonly expression: string;
  /** How long it must hold. */
  readonly forMs: number;
  readonly severity: 'warning' | 'critical';
  /** One sentence with the next step; may hold Prometheus templates. */
  readonly summary: string;
}

/** How to get a consistent copy of what a workload keeps, while it runs. */
export interface Dump {
  /** `<workload>-<key>`; the name of the file or folder in the backup. */
  readonly id: string;
  readonly workload: string;
  readonly origin: Pointer;
  /** Run inside the container of the workload. It writes the copy to its output, or into `folder`. Absent: its image cannot. */
  readonly command?: readonly string[];
  readonly folder?: string;
  /** Run inside it as well; it reads the copy from its input, or from `folder`. */
  readonly restore?: readonly string[];
  /** True: the container takes the copy in at its next start, so it has to be restarted. */
  readonly restart?: boolean;
  /** Volumes whose files need not be copied, because the dump holds what is in them. */
  readonly covers: readonly string[];
  /** The same copy, taken by a container of its own at the times of a backup, which nobody has to be let into others for. */
  readonly apart: {
    readonly image: string;
    /** POSIX shell; it writes the copy to the file that `$1` names. Its programs find the workload over the network. */
    readonly script: string;
    readonly user: { readonly uid: number; readonly gid: number };
    /** Ids; mounted at their default paths. */
    readonly secrets: readonly string[];
    /** Volumes of the workload that it opens itself, and where. */
    readonly volumes: readonly { readonly volume: string; readonly path: string }[];
    /** How the same container takes a copy back in. Absent: it has to be done by hand. */
    readonly load?: {
      /** POSIX shell; `$1` names the file. */
      readonly script: string;
      /** Whether the workload runs meanwhile, on volumes that were emptied, or is stopped. */
      readonly while: 'running' | 'stopped';
      /** Volumes that it opens for that besides its own, and where. */
      readonly volumes: readonly { readonly volume: string; readonly path: string }[];
    };
  };
}

/** A secret of the file that the parameters of a component name. */
export interface SecretUse {
  readonly secret: string;
  readonly origin: Pointer;
}

export interface Facts {
  readonly demands?: readonly Demand[];
  readonly routes?: readonly Route[];
  readonly streams?: readonly Stream[];
  readonly volumes?: readonly Volume[];
  readonly scrapes?: readonly ScrapeTarget[];
  readonly alerts?: readonly AlertRule[];
  readonly dumps?: readonly Dump[];
  readonly secretUses?: readonly SecretUse[];
  readonly certificates?: Certificates;
  /** Addresses of the name servers that the platform's own one asks for what it does not know. */
  readonly resolvers?: readonly string[];
  readonly findings?: readonly Finding[];
}

/** A fact of another part, with the part and the host (Compose target) that it is on. */
export type Said<T> = T & { readonly owner: string; readonly host: string };

/** The facts of all parts, each list sorted by id; routes by hostname and path. */
export interface Collected {
  readonly routes: readonly Said<Route>[];
  readonly streams: readonly Said<Stream>[];
  readonly volumes: readonly Said<Volume>[];
  readonly scrapes: readonly Said<ScrapeTarget>[];
  readonly alerts: readonly Said<AlertRule>[];
  readonly dumps: readonly Said<Dump>[];
  /** Who certifies the hosts of the routes. */
  readonly certificates?: Certificates;
  /** Whom to ask what the Internet knows of the domain, which the platform's own name server answers for. */
  readonly resolvers: readonly string[];
}

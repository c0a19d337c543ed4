/**
 * What should exist on the hosts, as units that an engine can make. Derived from the rendered Compose projects, so it
 * is exactly what was reviewed. Pools are not units: their size is decided from the load.
 */

import type { Platform } from '../../compiler/model/platform.ts';
import type { Pointer } from '../../schema/diagnostic.ts';

export interface Desired {
  /** Commit id, or `file:<sha256>` for a watched file. */
  readonly revision: string;
  readonly platform: Platform;
  /** Sorted by id. */
  readonly units: readonly Unit[];
}

interface UnitBase {
  /** `<kind>/<host>/<name in the project>`: `container/local/forge`. */
  readonly id: string;
  readonly host: string;
  /** Name of the object in the engine. */
  readonly name: string;
  /** sha256 (hex) over all that the object is made from; stored as a label on it. */
  readonly digest: string;
  readonly origin: Pointer;
  /** Compose service or network or volume key. */
  readonly key: string;
}

export interface NetworkUnit extends UnitBase {
  readonly kind: 'network';
  readonly internal: boolean;
}

export interface VolumeUnit extends UnitBase {
  readonly kind: 'volume';
}

/**
 * Configs and secrets of one service for one folder in the container: a volume per content digest (the digest is part
 * of its name), filled once and never rewritten. Mounted read-only.
 */
export interface FilesUnit extends UnitBase {
  readonly kind: 'files';
  readonly service: string;
  readonly directory: string;
  readonly files: readonly FileEntry[];
}

export interface FileEntry {
  /** Relative to `directory`. */
  readonly path: string;
  readonly source:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'secret'; readonly secret: string };
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface ContainerUnit extends UnitBase {
  readonly kind: 'container';
  readonly service: string;
  readonly spec: ContainerSpec;
  /** `start-first` needs neither a host port nor a writable volume. */
  readonly replace: 'start-first' | 'stop-first';
  /** Unit ids of containers that must be up before this one is made; `done`: a job that must have ended well. */
  readonly needs: readonly { readonly unit: string; readonly condition: 'started' | 'healthy' | 'done' }[];
  /** Absent: it runs on. */
  readonly job?: UnitJob;
  /** Names of volumes that are mounted and never made: they have to be there. Absent means none. */
  readonly externalVolumes?: readonly string[];
}

/** A container that runs to its end: once, or at its times. */
export interface UnitJob {
  readonly at:
    | { readonly kind: 'once' }
    | { readonly kind: 'cron'; readonly fields: string; readonly timezone: string };
  /** How long one run may take. */
  readonly timeoutMs: number;
}

export type Unit = NetworkUnit | VolumeUnit | FilesUnit | ContainerUnit;

/** What a container is made of, in words that can be read back from an engine and compared field by field. */
export interface ContainerSpec {
  readonly image: string;
  readonly workingDirectory?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string | { readonly secret: string }>>;
  /** Network name in the engine → aliases, sorted. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
  /** On the network of the host, and on no other. */
  readonly hostNetwork?: true;
  /** Hostname → address. */
  readonly extraHosts?: Readonly<Record<string, string>>;
  readonly ports: readonly PublishedPort[];
  /** `volume`: a name, or the absolute path of a folder of the host. */
  readonly mounts: readonly { readonly volume: string; readonly path: string; readonly readOnly: boolean }[];
  /** Path → mount options (`size=67108864`), sorted. */
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly health?: ContainerHealth;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly pids: number;
  /** By name; -1 means no limit. */
  readonly ulimits?: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly sysctls?: Readonly<Record<string, string>>;
  /** `<path on the host>:<path in the container>`, sorted. */
  readonly devices?: readonly string[];
  readonly gpus?: readonly GpuRequest[];
  readonly user?: string;
  readonly readOnlyRoot: boolean;
  readonly capAdd: readonly string[];
  readonly init: boolean;
  /** `on-failure:2` tries again twice. */
  readonly restart: 'unless-stopped' | 'no' | `on-failure:${number}`;
  readonly stopGraceMs: number;
  readonly stopSignal?: string;
  /** Labels of the file; the engine adds its own and Compose's. */
  readonly labels: Readonly<Record<string, string>>;
}

/** GPUs that the engine hands out: those with these ids, or so many of them. */
export interface GpuRequest {
  readonly driver: string;
  readonly ids?: readonly string[];
  readonly count?: number;
}

export interface PublishedPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly hostPort: number;
  readonly address: string;
}

export interface ContainerHealth {
  /** As Docker's `Healthcheck.Test`: `['CMD', …]` or `['CMD-SHELL', '…']`. */
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startMs: number;
}

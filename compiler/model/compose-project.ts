/**
 * The part of the Compose file format that AutoGit writes (https://github.com/compose-spec/compose-spec, 05-services).
 * `compiler/compose` makes these values, serialises them to `compose.yaml`, and the reconciler applies the same values:
 * what was reviewed is what runs.
 */
import type { Pointer } from '../../schema/diagnostic.ts';
import type { GpuVendor } from './platform.ts';

export interface ComposeProject {
  /** Host id. */
  readonly host: string;
  /** Folder of the rendered file, `compose/local`; `file:` sources are relative to it. */
  readonly folder: string;
  readonly model: ComposeModel;
  /** Contents of every `file:` source of a config, by its path in the model: `./configs/ingress/traefik.yml`. */
  readonly files: Readonly<Record<string, string>>;
  /** Pointer into `autogit.yaml` for each service, by service key. */
  readonly origins: Readonly<Record<string, Pointer>>;
  readonly notes?: ComposeNotes;
}

/**
 * What a Compose file has no key for and no container is made of. It is written as extension fields, so that whoever reads
 * the file back knows what it was made from; being no part of the model, it is no part of any digest either.
 */
export interface ComposeNotes {
  /** The GPUs that the host declares, by vendor; empty when it declares none. */
  readonly gpus: Readonly<Record<string, { readonly mode: 'exclusive' | 'shared'; readonly count?: number }>>;
  /** By service key; a service with nothing to say is not there. */
  readonly services: Readonly<Record<string, ServiceNotes>>;
}

export interface ServiceNotes {
  /** Ports that it listens on and does not publish: `8080`, `53/udp`. A link is made only to a port. */
  readonly ports?: readonly string[];
  readonly gpu?: { readonly vendor: GpuVendor; readonly count: number };
}

export interface ComposeModel {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, ComposeNetwork>>;
  readonly volumes: Readonly<Record<string, ComposeVolume>>;
  /** `file` is relative to the folder of the compose file. */
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
  /** `file: ./secrets/<id>`; made by `autogit secrets` for people who run compose by hand, never by compile. */
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

export interface ComposeNetwork {
  readonly name: string;
  readonly internal?: true;
  readonly labels: Readonly<Record<string, string>>;
}

/** One that the project makes, or one that is there already and is never made, labelled or removed. */
export type ComposeVolume =
  | { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly external?: never }
  | { readonly name: string; readonly external: true };

export interface ComposeService {
  readonly image: string;
  /** Where `docker compose build` makes the image from; engines pull it. */
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target?: string };
  readonly working_dir?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Text is as the process sees it: `$` is doubled only when serialised. */
  readonly environment?: Readonly<Record<string, ComposeValue>>;
  /** Empty with `network_mode`. */
  readonly networks: Readonly<Record<string, { readonly aliases: readonly string[] }>>;
  readonly network_mode?: 'host';
  /** Hostname → address. */
  readonly extra_hosts?: Readonly<Record<string, string>>;
  readonly ports?: readonly {
    readonly target: number;
    readonly published: string;
    readonly protocol: 'tcp' | 'udp';
    readonly host_ip?: string;
  }[];
  readonly volumes?: readonly ComposeMount[];
  readonly tmpfs?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly secrets?: readonly { readonly source: string; readonly target: string }[];
  readonly healthcheck?: {
    readonly test: readonly string[];
    /** Compose durations: `30s`, `1m30s`. */
    readonly interval: string;
    readonly timeout: string;
    readonly retries: number;
    readonly start_period: string;
  };
  readonly depends_on?: Readonly<Record<string, { readonly condition: ComposeCondition }>>;
  readonly deploy: {
    readonly resources: {
      readonly limits: { readonly cpus: string; readonly memory: string; readonly pids: number };
      readonly reservations?: { readonly devices: readonly ComposeGpus[] };
    };
  };
  /** `<path on the host>:<path in the container>`. */
  readonly devices?: readonly string[];
  /** -1 means no limit. */
  readonly ulimits?: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly read_only?: true;
  /** An init process of the engine is process 1: it reaps children and passes signals on. */
  readonly init: boolean;
  readonly cap_drop: readonly ['ALL'];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly ['no-new-privileges:true'];
  readonly restart: 'unless-stopped' | 'no' | `on-failure:${number}`;
  readonly stop_grace_period: string;
  readonly stop_signal?: string;
  /** `jobs` keeps a job that comes at its times out of `docker compose up`. */
  readonly profiles?: readonly ['jobs'];
  /** What Compose has no word for; engines of AutoGit read it. */
  readonly 'x-autogit-job'?: ComposeJob;
  /** Always `autogit.dev/config-digest` when it has configs; never `com.docker.compose.*`. */
  readonly labels: Readonly<Record<string, string>>;
}

export type ComposeCondition = 'service_started' | 'service_healthy' | 'service_completed_successfully';

/** A named volume, or a folder of the host that has to be there. */
export type ComposeMount =
  | { readonly type: 'volume'; readonly source: string; readonly target: string; readonly read_only?: true }
  | {
      readonly type: 'bind';
      readonly source: string;
      readonly target: string;
      readonly read_only?: true;
      readonly bind: { readonly create_host_path: false };
    };

/** A request for GPUs: their ids where each is given to one container only, else how many. */
export interface ComposeGpus {
  readonly driver: 'nvidia';
  readonly device_ids?: readonly string[];
  readonly count?: number;
  readonly capabilities: readonly ['gpu'];
}

/** A container that ends. */
export interface ComposeJob {
  /** `once`, or five fields of cron. */
  readonly at: string;
  /** Of the fields; absent for `once`. */
  readonly timezone?: string;
  /** Compose duration that one run may take. */
  readonly timeout: string;
  readonly retries: number;
}

/** `secret`: the value of that secret, supplied when the container is made; rendered as `${AUTOGIT_SECRET_<ID>:?…}`. */
export type ComposeValue = string | { readonly secret: string };

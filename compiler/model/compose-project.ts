/**
 * The part of the Compose file format that AutoGit writes (https://github.com/compose-spec/compose-spec, 05-services).
 * `compiler/compose` makes these values, serialises them to `compose.yaml`, and the reconciler applies the same values:
 * what was reviewed is what runs.
 */
import type { Pointer } from '../../schema/diagnostic.ts';

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

export interface ComposeVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ComposeService {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Text is as the process sees it: `$` is doubled only when serialised. */
  readonly environment?: Readonly<Record<string, ComposeValue>>;
  readonly networks: Readonly<Record<string, { readonly aliases: readonly string[] }>>;
  readonly ports?: readonly {
    readonly target: number;
    readonly published: string;
    readonly protocol: 'tcp' | 'udp';
    readonly host_ip?: string;
  }[];
  readonly volumes?: readonly {
    readonly type: 'volume';
    readonly source: string;
    readonly target: string;
    readonly read_only?: true;
  }[];
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
  readonly depends_on?: Readonly<Record<string, { readonly condition: 'service_started' | 'service_healthy' }>>;
  readonly deploy: {
    readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string; readonly pids: number } };
  };
  readonly user?: string;
  readonly read_only?: true;
  readonly init: true;
  readonly cap_drop: readonly ['ALL'];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly ['no-new-privileges:true'];
  readonly restart: 'unless-stopped';
  readonly stop_grace_period: string;
  readonly stop_signal?: string;
  /** Always `autogit.dev/config-digest` when it has configs; never `com.docker.compose.*`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** `secret`: the value of that secret, supplied when the container is made; rendered as `${AUTOGIT_SECRET_<ID>:?…}`. */
export type ComposeValue = string | { readonly secret: string };

/** The parts of the engine's answers that are read. All of it is text from outside: absent and null are possible. */

export interface ListedContainer {
  readonly Id: string;
  readonly Names?: readonly string[] | null;
  readonly ImageID?: string;
  readonly State?: string;
  /** `Up 3 minutes (healthy)`. */
  readonly Status?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Ports?: readonly { readonly PublicPort?: number; readonly Type?: string }[] | null;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly NetworkID?: string }>> | null;
  } | null;
  readonly Mounts?: readonly { readonly Type?: string; readonly Name?: string; readonly Destination?: string }[] | null;
}

export interface InspectedContainer {
  readonly Id: string;
  /** With a leading slash. */
  readonly Name: string;
  readonly Image: string;
  readonly RestartCount?: number;
  readonly Created?: string;
  readonly State: {
    readonly Status: string;
    readonly Running?: boolean;
    readonly Paused?: boolean;
    readonly OOMKilled?: boolean;
    readonly ExitCode?: number;
    readonly Error?: string;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    readonly Health?: {
      readonly Status?: string;
      readonly Log?: readonly { readonly ExitCode?: number; readonly Output?: string }[] | null;
    } | null;
  };
  readonly Config: {
    readonly Image?: string;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Env?: readonly string[] | null;
    readonly User?: string;
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Healthcheck?: EngineHealth | null;
    readonly StopSignal?: string;
    readonly StopTimeout?: number | null;
  };
  readonly HostConfig: {
    readonly NetworkMode?: string;
    readonly NanoCpus?: number;
    readonly Memory?: number;
    readonly PidsLimit?: number | null;
    readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number } | null;
    /** `<hostname>:<address>`. */
    readonly ExtraHosts?: readonly string[] | null;
    readonly Ulimits?: readonly { readonly Name?: string; readonly Soft?: number; readonly Hard?: number }[] | null;
    readonly Sysctls?: Readonly<Record<string, string>> | null;
    readonly Devices?: readonly { readonly PathOnHost?: string; readonly PathInContainer?: string }[] | null;
    readonly DeviceRequests?:
      | readonly {
          readonly Driver?: string;
          readonly Count?: number;
          readonly DeviceIDs?: readonly string[] | null;
        }[]
      | null;
    readonly PortBindings?: Readonly<
      Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
    > | null;
    readonly Tmpfs?: Readonly<Record<string, string>> | null;
    readonly ReadonlyRootfs?: boolean;
    readonly CapAdd?: readonly string[] | null;
    readonly CapDrop?: readonly string[] | null;
    readonly Privileged?: boolean;
    readonly Init?: boolean | null;
  };
  readonly Mounts?:
    | readonly {
        readonly Type?: string;
        readonly Name?: string;
        readonly Source?: string;
        readonly Destination?: string;
        readonly RW?: boolean;
      }[]
    | null;
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<
      Record<string, { readonly NetworkID?: string; readonly Aliases?: readonly string[] | null }>
    > | null;
  } | null;
}

/** Times in nanoseconds. */
export interface EngineHealth {
  readonly Test?: readonly string[] | null;
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly Retries?: number;
  readonly StartPeriod?: number;
}

export interface InspectedImage {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Config?: {
    readonly Env?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly User?: string;
    readonly WorkingDir?: string;
    readonly Healthcheck?: EngineHealth | null;
    readonly StopSignal?: string;
    readonly Volumes?: Readonly<Record<string, unknown>> | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
  } | null;
}

export interface ListedNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Internal?: boolean;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

export interface ListedVolume {
  readonly Name: string;
  readonly Driver?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

export interface EngineInfo {
  readonly ID?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly Architecture?: string;
  readonly ServerVersion?: string;
}

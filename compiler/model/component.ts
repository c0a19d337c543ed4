/**
 * What a component of `library/` is: it turns its part of the file into a fragment of the platform.
 * Components never see each other; what one needs of another arrives as a binding.
 */
import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Config, EnvironmentVariable, Host, Link, Route, Secret, Volume, Workload } from './platform.ts';

export type Role = 'forge' | 'ingress' | 'database' | 'service';

/** How a client reaches its database. The password is a secret that both sides mount. */
export interface DatabaseBinding {
  readonly workload: string;
  /** Name that answers on both targets. */
  readonly hostname: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Secret id. */
  readonly password: string;
}

export interface ExpandContext {
  readonly platform: {
    readonly name: string;
    readonly domain: string;
    readonly target: 'compose' | 'kubernetes';
    /** Kubernetes namespace. */
    readonly namespace: string;
  };
  /** Id of the workload: the role, or the key under `services`. */
  readonly id: string;
  readonly origin: Pointer;
  /** Host it runs on. */
  readonly host: Host;
  /** Where its HTTP port is served, `git.home.lan`; absent when the file gives it no host. */
  readonly hostname?: string;
  /** Base address of that host, without a trailing slash: `http://git.home.lan:8080`. */
  readonly url?: string;
  /** Binding to the `database` role; absent when the file has none. */
  readonly database?: DatabaseBinding;
  /** For a database: its clients, sorted by workload. */
  readonly clients: readonly {
    readonly workload: string;
    readonly database: string;
    readonly user: string;
    readonly password: string;
  }[];
  /** Contents of the files of the repository that `configs` name, by path; one that could not be read is not there. */
  readonly files: Readonly<Record<string, string>>;
  /** For an ingress: every route of the platform, sorted by hostname and path. */
  readonly routes: readonly Route[];
}

/** A part of the platform. Lists may be empty or absent; `resolve` sorts and joins them. */
export interface Fragment {
  readonly workloads?: readonly Workload[];
  readonly volumes?: readonly Volume[];
  readonly links?: readonly Link[];
  readonly routes?: readonly Route[];
  readonly secrets?: readonly Secret[];
  readonly configs?: readonly Config[];
  /** Extra environment for other workloads is not possible: a component only describes itself. */
  readonly environment?: readonly EnvironmentVariable[];
  readonly findings?: readonly Finding[];
}

export interface Component {
  /** The name after `use:`. */
  readonly use: string;
  readonly role: Role;
  readonly title: string;
  readonly licence: string;
  /** Default image, with a tag. */
  readonly image: string;
  /** For a forge: image of one of its runners on a Docker host. */
  readonly runnerImage?: string;
  /** True when `parameters` ask for the `database` role. */
  wantsDatabase?(parameters: Readonly<Record<string, unknown>>): boolean;
  /** Name of the program in `tests/real/oracles` that judges its configuration. */
  readonly oracle?: string;
  /** `parameters` is the validated part of the file in long form, defaults of the schema filled in. Pure. */
  expand(parameters: Readonly<Record<string, unknown>>, context: ExpandContext): Fragment;
}

/** Every component, one line each in `library/catalog.ts`. */
export type Catalog = readonly Component[];

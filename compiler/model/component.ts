/**
 * What a component of `library/` is: it turns its part of the file into a part of the platform, in two or three steps.
 *
 *     declare   what others may know of it: demands, routes, volumes, scrape targets … (facts.ts)
 *     offer     for a role that others ask for: what one client gets (binding.ts)
 *     expand    its containers, files and secrets, with its bindings, its clients and everybody's facts at hand
 *
 * Components never see each other; what one needs of another arrives as a binding or as a fact.
 */
import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Backup } from './backup.ts';
import type { Asking, BindingRole, Bindings, Client } from './binding.ts';
import type { Collected, Facts } from './facts.ts';
import type { Cluster, Config, Host, Link, Secret, Volume, Workload } from './platform.ts';
import type { FileRole, Role } from './roles.ts';

/** Where a part stands. */
export interface PartContext {
  readonly platform: {
    readonly name: string;
    readonly domain: string;
    readonly target: 'compose' | 'kubernetes';
    /** Kubernetes namespace. */
    readonly namespace: string;
    /** What routes become on Kubernetes. */
    readonly routeApi: Cluster['routes'];
    /** Roles that the file names, in the order of `roles`. */
    readonly roles: readonly FileRole[];
  };
  /** Id of the main workload: the role, or the key under `services`. */
  readonly id: string;
  readonly origin: Pointer;
  /** Host it runs on. */
  readonly host: Host;
  /** Where its HTTP port is served, `git.home.lan`; absent when the file gives it no host. */
  readonly hostname?: string;
  /** Base address of that host, without a trailing slash: `http://git.home.lan:8080`. */
  readonly url?: string;
}

export interface ExpandContext<R extends Role = Role> extends PartContext {
  /** What its demands got; a role that is not in the file gives nothing. */
  readonly bindings: Partial<Bindings>;
  /** For a role with `offer`: who asked, and what each got, sorted by owner. */
  readonly clients: readonly (R extends BindingRole ? Client<R> : Client)[];
  /** What all parts said of themselves. */
  readonly facts: Collected;
  /** Contents of the files of the repository that `configs` name, by path; one that could not be read is not there. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * A part of the platform. Lists may be empty or absent; `resolve` sorts and joins them, and adds what follows from
 * bindings and facts: a need of the main workload on each role that it has a binding of, a link for each route, scrape
 * target and need.
 */
export interface Fragment {
  readonly workloads?: readonly Workload[];
  readonly links?: readonly Link[];
  readonly secrets?: readonly Secret[];
  readonly configs?: readonly Config[];
  /** Those that follow from what other parts say; its own are facts. */
  readonly volumes?: readonly Volume[];
  readonly findings?: readonly Finding[];
  /** For the backup: what it keeps and how that comes back. */
  readonly backup?: Backup;
  /** Workloads that whoever needs this part waits for; absent means all of them. */
  readonly ready?: readonly string[];
}

/** Validated keys in long form, defaults of the schema filled in. */
export type Parameters = Readonly<Record<string, unknown>>;

/** An image, the program in it that it is run for, and the licence of that as an SPDX expression. */
export interface ImageLicence {
  readonly image: string;
  readonly title: string;
  readonly licence: string;
}

export interface Component<R extends Role = Role> {
  /** The name after `use:`. */
  readonly use: string;
  readonly role: R;
  readonly title: string;
  /** Of the program in `image`, as an SPDX expression (https://spdx.org/licenses/). */
  readonly licence: string;
  /** Default image, with a tag. */
  readonly image: string;
  /** The other images that it runs of its own accord. */
  readonly images?: readonly ImageLicence[];
  /** Value of the short form that a hint suggests, where it is not the name. */
  readonly short?: string;
  /** For a forge: image of one of its runners on a Docker host. */
  readonly runnerImage?: string;
  /** What it is run with when the file does not name the role and something needs it all the same. */
  readonly implied?: Parameters;
  /** Name of the program in `tests/real/oracles` that judges its configuration. */
  readonly oracle?: string;
  /** Pure. */
  declare?(parameters: Parameters, context: PartContext): Facts;
  /** What one client gets. Pure. */
  offer?(
    asking: Asking<R & FileRole>,
    parameters: Parameters,
    context: PartContext,
  ): R extends BindingRole ? Bindings[R] : never;
  /** Pure. */
  expand(parameters: Parameters, context: ExpandContext<R>): Fragment;
  /** Whether data of one image can be taken over by another one; absent means that nothing is known against it. Pure. */
  upgrade?(from: string, to: string): Upgrade;
  /** The same for further workloads of it, by the component that stands in them. Pure. */
  readonly upgrades?: Readonly<Record<string, (from: string, to: string) => Upgrade>>;
  /** The same for data of another component of its role; absent means that it does not read them. Pure. */
  takeOver?(from: { readonly use: string; readonly image: string }, to: string): Upgrade;
}

/** What a change of image means for the data of a component. */
export type Upgrade =
  | { readonly kind: 'fine' }
  | { readonly kind: 'warning'; readonly reason: string }
  /** `steps`: the way that is open instead, in order. */
  | { readonly kind: 'refused'; readonly reason: string; readonly steps: readonly string[] };

/** Every component. Of those in one role the first is the one that a hint suggests. */
export type Catalog = readonly Component[];

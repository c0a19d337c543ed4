/**
 * What a part of the platform asks of a role (a demand), and what the component in that role gives it (a binding).
 * A role that only opens a port, such as the forge for a service, gives no binding: its demand is a need and nothing else.
 */
import type { Pointer } from '../../schema/diagnostic.ts';
import type { FileRole } from './roles.ts';

/** A database of one's own. */
export interface DatabaseBinding {
  /** Id of the workload that answers. */
  readonly workload: string;
  /** Name that answers on both targets. */
  readonly hostname: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Secret id; both sides mount it. */
  readonly password: string;
  /** Of the server, as its image says; absent when that says none. */
  readonly version?: readonly number[];
}

/** A place in a key-value store that speaks the Redis protocol. */
export interface CacheBinding {
  readonly workload: string;
  readonly hostname: string;
  readonly port: number;
  /** Number of the database, for `SELECT`. The user is the default one, so that every client can sign in. */
  readonly index: number;
  /** Secret id. */
  readonly password: string;
  /** True when it removes entries to make room for others. */
  readonly evicts: boolean;
}

/** Buckets that speak S3, by path and not by host name. */
export interface ObjectsBinding {
  readonly workload: string;
  readonly hostname: string;
  readonly port: number;
  /** `http://home-objects:7070`. */
  readonly endpoint: string;
  readonly region: string;
  /** Name of each bucket that was asked for, in the order of the demand. */
  readonly buckets: readonly string[];
  /** Secret ids. */
  readonly accessKey: string;
  readonly secretKey: string;
}

/** What sign-on gives: to the ingress a place to ask, to everybody else a client of OpenID Connect. */
export interface SsoBinding {
  readonly workload: string;
  readonly hostname: string;
  readonly port: number;
  /** Path that says whether a request may pass, for forward authentication. */
  readonly verifyPath: string;
  /** Headers that say who asks; whoever else sends them is lying. */
  readonly identityHeaders: readonly string[];
  /** Issuer of OpenID Connect, without a trailing slash: `https://auth.home.lan`. It answers through the ingress alone. */
  readonly issuer: string;
  /** Addresses of that issuer, for programs that do not discover them. */
  readonly endpoints: {
    readonly authorization: string;
    readonly token: string;
    readonly userinfo: string;
    /** Where a browser signs off. */
    readonly signOff: string;
  };
  readonly clientId: string;
  /** Secret id. */
  readonly clientSecret: string;
}

/** A directory of people, which sign-on reads by LDAP. */
export interface DirectoryBinding {
  readonly workload: string;
  readonly hostname: string;
  readonly port: number;
  /** How it names things. */
  readonly kind: 'lldap';
  /** `dc=home,dc=lan`. */
  readonly baseDn: string;
  /** Name of the account to bind with. */
  readonly user: string;
  /** Secret id. */
  readonly password: string;
}

/** Somebody who is to be in the directory. */
export interface DirectoryPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** Id of the secret with the first password. */
  readonly password: string;
  readonly origin: Pointer;
}

/** The binding that each role gives. A role that is not here gives none. */
export interface Bindings {
  readonly database: DatabaseBinding;
  readonly cache: CacheBinding;
  readonly objects: ObjectsBinding;
  readonly sso: SsoBinding;
  readonly directory: DirectoryBinding;
}

export type BindingRole = keyof Bindings;

/** What a demand says beyond its role. */
interface Details {
  readonly database: {
    /** Extensions that only the owner of the server may add to the database; the client adds all others itself. */
    readonly extensions?: readonly string[];
  };
  readonly objects: {
    /** What its buckets are for (`lfs`), each in one of its own; absent means a single bucket. */
    readonly buckets?: readonly string[];
  };
  readonly directory: {
    /** Whom the file names; they are made when they are not there. */
    readonly people?: readonly DirectoryPerson[];
    /** True: the client changes passwords for people who forgot theirs. Absent: it reads. */
    readonly setsPasswords?: boolean;
  };
  readonly sso: {
    /** The client signs its users on by OpenID Connect; absent means that it does not. */
    readonly signOn?: {
      /** Addresses that users may be sent back to. */
      readonly callbacks: readonly string[];
      /** Whether it proves by PKCE (S256) that the answer was for it. */
      readonly pkce: boolean;
      /** True: it reads name, address and groups from the ID token, where others ask for them with the access token. */
      readonly readsIdToken?: boolean;
    };
  };
}

/** One part asks for one role. At most one demand of a part on a role. */
export type Demand<R extends FileRole = FileRole> = {
  readonly [K in R]: {
    readonly role: K;
    readonly origin: Pointer;
    /** Without the role the file is wrong (AG304). Absent: the part goes without. */
    readonly required?: {
      /** What else one could write: ``write `database: sqlite` ``. */
      readonly otherwise?: string;
    };
    /** `false`: it may start before the role does; the way through the network is open all the same. */
    readonly wait?: false;
    /** Workload of the part that needs the role; absent means the main one. */
    readonly from?: string;
  } & (K extends keyof Details ? Details[K] : unknown);
}[R];

/** A part that asks for a role, as the component in that role sees it. */
export interface Asking<R extends FileRole = FileRole> {
  /** Id of the part: a role, or a key of `services`. */
  readonly owner: string;
  readonly demand: Demand<R>;
}

/** One that asked, with what it got. */
export interface Client<R extends BindingRole = BindingRole> extends Asking<R> {
  readonly binding: Bindings[R];
}

/** Id of the secret that a client and the component in `role` share. */
export function sharedSecret(client: string, role: BindingRole, what: string): string {
  return `${client}-${role}-${what}`;
}

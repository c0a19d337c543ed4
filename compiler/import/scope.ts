import { isSecretName } from '../model/secret-names.ts';
import type { Variables } from './interpolate.ts';
import type { Ledger } from './ledger.ts';
import type { ComposeNode, MapNode, ScalarNode } from './node.ts';
import type { SecretBook } from './secret-book.ts';

/** What lies at a path of the machine where the Compose file is. */
export type Found =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'folder' }
  | { readonly kind: 'other' }
  | { readonly kind: 'absent' };

export interface ImportInput {
  /** Name of the Compose file for messages. */
  readonly file: string;
  readonly text: string;
  /** Absolute path of its folder, with `/`. */
  readonly folder: string;
  /** What `~` stands for. */
  readonly home: string;
  /** Path from the folder of the platform file to that of the Compose file; undefined when it leads upwards. */
  readonly within: string | undefined;
  readonly name?: string | undefined;
  readonly domain?: string | undefined;
  /** Profiles whose services are wanted. */
  readonly profiles: readonly string[];
  /** Values of the `.env` file beside the Compose file. */
  readonly variables: Variables;
  readonly look: (absolutePath: string) => Found;
}

export interface PortDraft {
  port: number;
  protocol?: 'udp';
  publish?: number | { port: number; address: string };
}

export interface VolumeDraft {
  path: string;
  readOnly?: true;
  external?: string;
  hostPath?: string;
}

export interface HealthDraft {
  exec: readonly string[];
  interval?: string;
  timeout?: string;
  retries?: number;
  start?: string;
}

/** What is absent is what the language takes when nothing is said. */
export interface JobDraft {
  /** `once`, or five fields of cron. */
  at: string;
  timezone?: string;
  timeout?: string;
  retries?: number;
}

export type Condition = 'started' | 'healthy' | 'done';

/** A service as it will stand in the platform file. */
export interface ServiceDraft {
  image: string;
  command?: readonly string[];
  entrypoint?: readonly string[];
  workingDirectory?: string;
  port?: number;
  host?: string;
  ports: Record<string, PortDraft>;
  volumes: Record<string, VolumeDraft>;
  tmpfs: string[];
  /** `from`: where the file lies on this machine. */
  configs: Record<string, { path: string; text?: string; file?: string; from?: string }>;
  environment: Record<string, string | { secret: string }>;
  secrets: { secret: string; path: string }[];
  health?: HealthDraft;
  needs: Map<string, Condition>;
  limits: { cpus?: number; memory?: string };
  user?: string;
  internet: boolean;
  readOnly: boolean;
  /** The image brings an init process of its own, which must be process 1. */
  ownInit?: boolean;
  capabilities: string[];
  stop: { grace?: string; signal?: string };
  job?: JobDraft;
  replicas?: number;
  gpu?: { vendor: string; count: number };
  shm?: string;
  ulimits: Record<string, number | { soft: number; hard: number }>;
  sysctls: Record<string, string>;
  aliases: string[];
  extraHosts: Record<string, string>;
  hostNetwork: boolean;
  devices: string[];
}

/** What the reading of one service sees and fills. */
export interface Scope {
  readonly input: ImportInput;
  readonly ledger: Ledger;
  readonly root: MapNode;
  /** Name of the Compose project: prefix of its volumes. */
  readonly project: string;
  /** Name of the platform. */
  readonly platform: string;
  readonly secrets: SecretBook;
  readonly name: string;
  readonly id: string;
  readonly node: MapNode;
  readonly draft: ServiceDraft;
  /** Names of volumes that more than one service mounts. */
  readonly shared: ReadonlySet<string>;
}

export function emptyDraft(image: string): ServiceDraft {
  return {
    image,
    ports: {},
    volumes: {},
    tmpfs: [],
    configs: {},
    environment: {},
    secrets: [],
    needs: new Map(),
    limits: {},
    internet: true,
    readOnly: false,
    capabilities: [],
    stop: {},
    ulimits: {},
    sysctls: {},
    aliases: [],
    extraHosts: {},
    hostNetwork: false,
    devices: [],
  };
}

/** Path of a key of the service in the platform file. */
export function target(scope: Scope, key: string): string {
  return `services.${scope.id}.${key}`;
}

/** Whether a value from outside the file that is a secret was filled into some text. */
export function holdsGivenSecret(node: ComposeNode): boolean {
  if (node.kind === 'scalar') return hasGivenSecret(node);
  const children = node.kind === 'list' ? node.items : [...node.entries.values()];
  return children.some(holdsGivenSecret);
}

function hasGivenSecret({ variables }: ScalarNode): boolean {
  return variables.some(({ given, name }) => given && isSecretName(name));
}

/** Variables of a value that have no value anywhere: Compose puts nothing in their place, with a warning. */
export function unfilled(node: ScalarNode): readonly string[] {
  return node.variables.filter(({ filled }) => !filled).map(({ name }) => name);
}

/**
 * What the machine's owner allows a commit to ask for. It lives outside the repository, so that who may write the
 * repository is not root on the host. Nothing in the repository widens it.
 */
export interface Policy {
  /** Registries, folders of them or images that may be pulled: `docker.io`, `docker.io/library/`, `ghcr.io/me/web`; `*` at the end allowed. */
  readonly registries: readonly string[];
  /** Capabilities that may be added back after dropping all, without `CAP_`. */
  readonly capabilities: readonly string[];
  /** Host ports that may be published; `from` and `to` inclusive. */
  readonly ports: readonly { readonly from: number; readonly to: number }[];
  /** Addresses that ports may be published on; `0.0.0.0` is every address of the host. */
  readonly addresses: readonly string[];
  /** Programs that a `process` host may start as runners, absolute paths; none allows no process host. */
  readonly processPrograms: readonly string[];
  /** Folders that `secrets: { file }` may read from. */
  readonly secretFolders: readonly string[];
  /**
   * Environment variables of the reconciler that `secrets: { env }` may read, `*` at the end allowed. Those that AutoGit
   * needs itself (`AUTOGIT_…`, except `AUTOGIT_SECRET_…`) are never among them.
   */
  readonly secretVariables: readonly string[];
  /** Folders of the host that may be mounted, with all that is in them; absolute, ending with `/`. */
  readonly hostFolders: readonly string[];
  /** Volumes of others that may be mounted, `*` at the end allowed. */
  readonly externalVolumes: readonly string[];
  /** Devices of the host that may be used, `*` at the end allowed. */
  readonly devices: readonly string[];
  /** Whether a container may be on the network of the host. */
  readonly hostNetwork: boolean;
  /** Containers that one plan may remove. */
  readonly pruneMax: number;
  /** Runners that one pool may have. */
  readonly poolMax: number;
  /** Memory that one container or runner may be given. */
  readonly memoryBytesMax: number;
}

/**
 * What holds without a policy file: nothing of the host (folders, volumes of others, its network, devices other than
 * those of GPUs), no extra capabilities beyond those a web server, a database and a forge need, no process hosts.
 */
export const strictPolicy: Policy = {
  registries: ['*'],
  capabilities: [
    'NET_BIND_SERVICE',
    'CHOWN',
    'DAC_OVERRIDE',
    'FOWNER',
    'SETUID',
    'SETGID',
    'SYS_CHROOT',
    'KILL',
    'FSETID',
  ],
  ports: [{ from: 1, to: 65_535 }],
  addresses: ['0.0.0.0', '::', '127.0.0.1', '::1'],
  processPrograms: [],
  secretFolders: ['/etc/autogit/', '/run/secrets/', '/run/credentials/'],
  secretVariables: ['*'],
  hostFolders: [],
  externalVolumes: [],
  devices: ['/dev/kfd', '/dev/dri', '/dev/dri/renderD*'],
  hostNetwork: false,
  pruneMax: 5,
  poolMax: 20,
  memoryBytesMax: 16 * 1024 ** 3,
};

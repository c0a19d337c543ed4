/**
 * What the backup of a platform keeps and how it comes back: written by its component, read by `autogit backup`. Ids are of
 * workloads and volumes; paths are those in a copy.
 */
export interface Backup {
  /** Marks the copies of this platform in a repository that others use too. */
  readonly tag: string;
  /** Id of the secret that copies are encrypted with. */
  readonly password: string;
  /** As the file has it, for messages; it holds no password. */
  readonly repository: string;
  /** The first one is that which tidies up. */
  readonly hosts: readonly BackupHost[];
  /** Sorted by id. */
  readonly parts: readonly SavedPart[];
}

/** The job that copies what is on one host. It has the script of the backup at `script`. */
export interface BackupHost {
  readonly host: string;
  readonly job: string;
  readonly script: string;
  /** Under which name its copies are in the repository. */
  readonly label: string;
  /** Jobs that take dumps at the same times. */
  readonly dumps: readonly string[];
}

/** What is kept of a role or a service. */
export interface SavedPart {
  readonly id: string;
  readonly host: string;
  /** Those that stop while it comes back, the main one first. */
  readonly workloads: readonly string[];
  readonly volumes: readonly { readonly volume: string; readonly path: string }[];
  readonly dumps: readonly SavedDump[];
}

export interface SavedDump {
  readonly id: string;
  readonly path: string;
  /** The job that takes it; with the argument `load` and a file below `folder` its script takes that back in. */
  readonly job: string;
  readonly script: string;
  readonly volume: string;
  readonly folder: string;
  /** Volumes that are emptied before, because the dump holds what is in them. */
  readonly covers: readonly string[];
  /** Absent: there is no program that takes it back in. */
  readonly load?: {
    /** Whether the program that it belongs to runs meanwhile, with nobody who uses it, or is stopped. */
    readonly while: 'running' | 'stopped';
    /** What the job does not mount by itself. */
    readonly volumes: readonly { readonly volume: string; readonly path: string }[];
  };
}

/** What a command ends with; the same for all of them. */
export const exitCode = {
  fine: 0,
  /** Diagnostics that are errors, or an action that failed. */
  failed: 1,
  /** A difference was found. */
  different: 2,
  /** The command line does not make sense, or names a file that is not there. */
  usage: 64,
  /** Something outside does not answer or may not be used. */
  unavailable: 69,
  /** A bug in AutoGit. */
  bug: 70,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

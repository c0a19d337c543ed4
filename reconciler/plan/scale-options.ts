/** Bounds of the scaler that are the operator's, not the repository's. Times in milliseconds. */
export interface ScaleOptions {
  /** A reading older than this is not relied on. */
  readonly staleMs: number;
  /** A runner that has not come up after this time has failed. */
  readonly bootMs: number;
  /** How long a runner may be out of contact with the forge before it is replaced. */
  readonly silentMs: number;
  /** How long a registration must have had no runner, seen in at least two cycles, before it is removed. */
  readonly orphanMs: number;
  /** A job that runs longer is pointed out; nothing is done to it. */
  readonly longJobMs: number;
  /** Token bucket of each pool: launches at once, and how many more per second. */
  readonly burst: number;
  readonly perSecond: number;
  /** Most runners of one pool, from the host's policy file; absent: no such bound. */
  readonly poolMax?: number;
  /** Most runners of all pools together; absent: no such bound. */
  readonly policyMax?: number;
  /** Pools and hosts that may not start a runner, by id, with the sentence that says why. */
  readonly forbidden?: Readonly<Record<string, string>>;
}

export const DEFAULT_SCALE_OPTIONS: ScaleOptions = {
  staleMs: 120_000,
  bootMs: 300_000,
  silentMs: 180_000,
  orphanMs: 60_000,
  longJobMs: 6 * 3_600_000,
  burst: 20,
  perSecond: 2,
};

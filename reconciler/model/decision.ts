/** Why a pool has the size it has: every input with its age, each clamp in order, the result, one sentence. */
export interface Decision {
  readonly pool: string;
  /** Wall clock, milliseconds. */
  readonly at: number;
  readonly inputs: readonly { readonly name: string; readonly value: number | string; readonly ageMs?: number }[];
  /** In the order applied; `before` and `after` are runner counts. */
  readonly clamps: readonly {
    readonly name: string;
    readonly before: number;
    readonly after: number;
    readonly reason: string;
  }[];
  readonly current: number;
  readonly desired: number;
  /** True when an input was not fresh and the size was held. */
  readonly held: boolean;
  readonly sentence: string;
}

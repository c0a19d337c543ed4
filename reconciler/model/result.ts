/** How the world answers at a port. Only bugs throw; a failing world is a value. */

/** Why a call to the world did not do what was asked. `detail` never holds a secret. */
export type Failure =
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'timeout'; readonly detail: string }
  | { readonly kind: 'unauthorized'; readonly detail: string }
  /** `untilMs`: wall clock, milliseconds since the epoch. */
  | { readonly kind: 'rate-limited'; readonly detail: string; readonly untilMs: number }
  | { readonly kind: 'not-found'; readonly detail: string }
  | { readonly kind: 'conflict'; readonly detail: string }
  /** The world understood and refused: image does not exist, port taken, never healthy, malformed answer. */
  | { readonly kind: 'rejected'; readonly detail: string }
  | { readonly kind: 'cancelled'; readonly detail: string };

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (
  kind: Exclude<Failure['kind'], 'rate-limited'>,
  detail: string,
): { readonly ok: false; readonly failure: Failure } => ({
  ok: false,
  failure: { kind, detail },
});

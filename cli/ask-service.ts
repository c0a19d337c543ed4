import { isNamedState, readServiceAddress } from './state-folder.ts';
import { unreadableState } from './unreadable-state.ts';

/** An answer of the running reconciler, or why there is none. */
export type Answer =
  | { readonly kind: 'answer'; readonly code: number; readonly body: unknown }
  /** No reconciler runs on this state folder. */
  | { readonly kind: 'nobody' }
  /** Nobody can be found, and one may work on this folder, which this user may not look into. */
  | { readonly kind: 'unreadable'; readonly folder: string }
  | { readonly kind: 'silent'; readonly detail: string };

/**
 * Asks the reconciler of a state folder over its loopback address. `body` makes it a POST with the folder's token.
 * `timeoutMs` covers the whole call. A leftover address of a killed reconciler counts as nobody.
 */
export async function askService(options: {
  readonly state: string;
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs?: number;
}): Promise<Answer> {
  const service = await readServiceAddress(options.state);
  if (service === undefined) {
    const folder = await unreadableState(options.state, { isNamed: isNamedState(options.state) });
    return folder === undefined ? { kind: 'nobody' } : { kind: 'unreadable', folder };
  }
  try {
    const response = await fetch(service.address + options.path, {
      ...(options.body === undefined
        ? {}
        : {
            method: 'POST',
            body: JSON.stringify(options.body),
            headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
          }),
      signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
    });
    return { kind: 'answer', code: response.status, body: await response.json() };
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code;
    if (cause === 'ECONNREFUSED') return { kind: 'nobody' };
    return { kind: 'silent', detail: cause ?? (error as Error).message };
  }
}

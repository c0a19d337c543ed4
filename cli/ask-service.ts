import { readServiceAddress } from './state-folder.ts';

/** An answer of the running reconciler, or why there is none. */
export type Answer =
  | { readonly kind: 'answer'; readonly code: number; readonly body: unknown }
  /** No reconciler runs on this state folder. */
  | { readonly kind: 'nobody' }
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
  if (service === undefined) return { kind: 'nobody' };
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

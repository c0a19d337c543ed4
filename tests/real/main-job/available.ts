import { available as docker } from '../docker/available.ts';
import { available as forge } from '../forge/available.ts';

/** The whole story needs a Docker Engine and a forge at once. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const parts = await Promise.all([docker(), forge()]);
  const missing = parts.flatMap((part) => (part.ok ? [] : [part.reason]));
  if (missing.length > 0) return { ok: false, reason: missing.join('; ') };
  return { ok: true, what: parts.map((part) => (part.ok ? part.what : '')).join(' + ') };
}

import { existsSync } from 'node:fs';
import { isHere, postgresPrograms, traefik } from './programs.ts';

/** Whether the programs that judge component configuration are here. Builds and installs nothing. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const postgres = postgresPrograms();
  const { path, version } = traefik();
  const missing = [
    ...(existsSync(path) ? [] : ['Traefik']),
    ...(postgres === undefined ? ['PostgreSQL'] : []),
    ...(isHere('redis-server') ? [] : ['Redis']),
  ];
  if (missing.length === 0)
    return { ok: true, what: `Traefik ${version.slice(1)}, PostgreSQL ${postgres?.version}, Redis` };
  const reason = `${missing.join(' and ')} not here yet (once: tests/real/oracles/prepare; needs Go and Debian)`;
  return { ok: false, reason };
}

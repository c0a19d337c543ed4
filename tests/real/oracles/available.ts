import { existsSync } from 'node:fs';
import { coredns, isHere, pebble, postgresPrograms, registryStrict, traefik, versitygw } from './programs.ts';

/** Whether the programs that judge component configuration are here. Builds and installs nothing. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const postgres = postgresPrograms();
  const programs = {
    [`Traefik ${traefik().version.slice(1)}`]: existsSync(traefik().path),
    [`CoreDNS ${coredns().version.slice(1)}`]: existsSync(coredns().path),
    [`Pebble ${pebble().version.slice(1)}`]: existsSync(pebble().path),
    [`versitygw ${versitygw().version.slice(1)}`]: existsSync(versitygw().path),
    [`PostgreSQL ${postgres?.version ?? ''}`]: postgres !== undefined,
    Redis: isHere('redis-server'),
    Prometheus: isHere('promtool') && isHere('amtool'),
    Ruby: isHere('ruby'),
    BusyBox: isHere('busybox'),
    restic: isHere('restic') && isHere('sqlite3'),
    registry: isHere('docker-registry') && existsSync(registryStrict().path),
  };
  const missing = Object.entries(programs).flatMap(([name, there]) => (there ? [] : [name.trim()]));
  if (missing.length === 0) return { ok: true, what: Object.keys(programs).join(', ') };
  const reason = `not here yet: ${missing.join(', ')} (once: tests/real/oracles/prepare; needs Go and Debian)`;
  return { ok: false, reason };
}

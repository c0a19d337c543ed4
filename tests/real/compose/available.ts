import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The pinned version of docker compose and where `prepare` puts it. */
export function dockerCompose(): { readonly path: string; readonly version: string } {
  const pins = readFileSync(join(import.meta.dirname, 'docker-compose/go.mod'), 'utf8');
  const version = /github\.com\/docker\/compose\/v5 (v[\d.]+)/.exec(pins)?.[1] ?? '';
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return { path: join(cache, 'autogit-compose', version, 'docker-compose'), version };
}

/** Whether docker compose is built here. Builds nothing. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const { path, version } = dockerCompose();
  return existsSync(path)
    ? { ok: true, what: `docker compose ${version.slice(1)}` }
    : { ok: false, reason: 'docker compose not built yet (once: tests/real/compose/prepare; needs Go)' };
}

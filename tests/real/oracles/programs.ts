import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program as `prepare` builds it from its Go module. */
export interface Built {
  readonly path: string;
  readonly version: string;
}

/** The newest that its module can be built from. */
export function traefik(): Built {
  return built('traefik', 'traefik');
}

export function coredns(): Built {
  return built('coredns', 'coredns');
}

/** A small ACME server for tests. */
export function pebble(): Built {
  return built('pebble', 'pebble');
}

/** An S3 server over a folder. */
export function versitygw(): Built {
  return built('versitygw', 'versitygw');
}

/** Another S3 server, which `prepare` builds only when it is named. */
export function garage(): Built {
  return built('garage', 'garage');
}

/** Finds keys that the registry would ignore: it reads a file into the registry's own type, strictly. */
export function registryStrict(): Built {
  return built('registry-strict', 'registry_strict');
}

/** `prepare` has the version in a line `<variable>=v1.2.3`. */
function built(program: string, variable: string): Built {
  const prepare = readFileSync(join(import.meta.dirname, 'prepare'), 'utf8');
  const version = new RegExp(`^${variable}=(v[\\d.]+)$`, 'm').exec(prepare)?.[1] ?? '';
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return { path: join(cache, `autogit-${program}`, version, program), version };
}

/** Folder of PostgreSQL's programs: Debian's newest, which it does not put on the path. */
export function postgresPrograms(): { readonly folder: string; readonly version: string } | undefined {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return undefined;
  const versions = readdirSync(base).filter((version) => existsSync(join(base, version, 'bin/initdb')));
  const version = versions.sort((a, b) => Number(b) - Number(a))[0];
  return version === undefined ? undefined : { folder: join(base, version, 'bin'), version };
}

/** Whether a program is on the path. */
export function isHere(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** SOPS and age as `prepare` builds them. */
export function programs(): {
  readonly sops: string;
  readonly age: string;
  readonly keygen: string;
  readonly versions: { readonly sops: string; readonly age: string };
} {
  const prepare = readFileSync(join(import.meta.dirname, 'prepare'), 'utf8');
  const version = (name: string): string => new RegExp(`^${name}=(v[\\d.]+)$`, 'm').exec(prepare)?.[1] ?? '';
  const versions = { sops: version('sops'), age: version('age') };
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'autogit-secrets', `${versions.sops}-${versions.age}`);
  return { sops: join(folder, 'sops'), age: join(folder, 'age'), keygen: join(folder, 'age-keygen'), versions };
}

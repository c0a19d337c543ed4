import { existsSync } from 'node:fs';
import { programs } from './programs.ts';

/** Whether SOPS and age are here. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const { sops, age, keygen, versions } = programs();
  if (![sops, age, keygen].every((program) => existsSync(program)))
    return { ok: false, reason: 'SOPS and age are not built; run tests/real/secrets/prepare, which needs Go' };
  return { ok: true, what: `SOPS ${versions.sops.slice(1)}, age ${versions.age.slice(1)}` };
}

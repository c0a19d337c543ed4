import { existsSync } from 'node:fs';
import { findChromium } from '../browser/available.ts';
import { available as docker } from '../docker/available.ts';
import { available as forge } from '../forge/available.ts';
import { coredns, isHere, pebble, traefik } from '../oracles/programs.ts';
import { findAuthelia, giteaScripts } from './programs.ts';

/** The whole chain needs an engine, a browser and the programs themselves. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const parts = await Promise.all([docker(), forge()]);
  const chromium = await findChromium();
  const missing = [
    ...parts.flatMap((part) => (part.ok ? [] : [part.reason])),
    ...(existsSync(giteaScripts()) ? [] : ['no scripts of Gitea (once: tests/real/chain/prepare)']),
    ...[traefik(), coredns(), pebble()].flatMap(({ path }) =>
      existsSync(path) ? [] : [`no ${path} (once: tests/real/oracles/prepare)`],
    ),
    ...(chromium === undefined ? ['no Chromium here (Debian: apt-get install chromium)'] : []),
    ...['openssl', 'ssh', 'git', 'curl'].flatMap((program) => (isHere(program) ? [] : [`no ${program} here`])),
  ];
  if (missing.length > 0) return { ok: false, reason: missing.join('; ') };
  const signOn = findAuthelia() === undefined ? 'oidc-provider in the place of Authelia' : 'Authelia';
  const programs = [`Traefik ${traefik().version.slice(1)}`, `CoreDNS ${coredns().version.slice(1)}`, signOn];
  return { ok: true, what: [...parts.map((part) => (part.ok ? part.what : '')), ...programs].join(' + ') };
}

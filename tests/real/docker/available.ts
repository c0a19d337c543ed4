import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAMS: readonly (readonly [program: string, debianPackage: string])[] = [
  ['dockerd', 'docker.io'],
  ['ip', 'iproute2'],
  ['iptables', 'iptables'],
  ['busybox', 'busybox-static'],
  ['unshare', 'util-linux'],
  ['curl', 'curl'],
  ['sysctl', 'procps'],
];
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;

export type Availability =
  | { readonly ok: true; readonly what: string }
  | { readonly ok: false; readonly reason: string };

/** Whether a throw-away Docker engine can be started here. Installs nothing. `what`: `Docker Engine 20.10.24`. */
export async function available(): Promise<Availability> {
  if (process.getuid?.() !== 0) return { ok: false, reason: 'starting a Docker engine needs root' };
  const missing: string[] = [];
  for (const [program, debianPackage] of PROGRAMS) {
    if ((await output('sh', ['-c', 'command -v "$1"', 'sh', program])) === undefined) missing.push(debianPackage);
  }
  if (missing.length > 0) return { ok: false, reason: `missing Debian packages: ${missing.join(', ')}` };
  const version = /version ([0-9.]+)/.exec((await output('dockerd', ['--version'])) ?? '')?.[1];
  if (version === undefined) return { ok: false, reason: 'dockerd does not tell its version' };
  return { ok: true, what: `Docker Engine ${version}` };
}

async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(program, [...args], { env: { ...process.env, PATH } })).stdout;
  } catch {
    return undefined;
  }
}

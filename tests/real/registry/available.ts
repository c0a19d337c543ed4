import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether a registry can be started here: Debian's `docker-registry`, and `openssl` for certificates. */
export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const version = /([0-9]+\.[0-9.]+)/.exec((await output('docker-registry', ['--version'])) ?? '')?.[1];
  if (version === undefined) return { ok: false, reason: 'missing Debian package: docker-registry' };
  if ((await output('openssl', ['version'])) === undefined)
    return { ok: false, reason: 'missing Debian package: openssl' };
  return { ok: true, what: `distribution registry ${version}` };
}

async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(program, [...args])).stdout;
  } catch {
    return undefined;
  }
}

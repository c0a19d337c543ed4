import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const candidates = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Path and version of a Chromium on this machine; `CHROMIUM` names another one. */
export async function findChromium(): Promise<{ readonly path: string; readonly version: string } | undefined> {
  for (const path of [process.env.CHROMIUM, ...candidates]) {
    if (path === undefined) continue;
    const answer = await promisify(execFile)(path, ['--version'], { timeout: 60_000 }).catch(() => undefined);
    const version = answer?.stdout.match(/\d+[\d.]*/)?.[0];
    if (version !== undefined) return { path, version };
  }
  return undefined;
}

export async function available(): Promise<
  { readonly ok: true; readonly what: string } | { readonly ok: false; readonly reason: string }
> {
  const found = await findChromium();
  return found === undefined
    ? { ok: false, reason: 'no Chromium here (Debian: apt-get install chromium)' }
    : { ok: true, what: `chromium ${found.version}` };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { freePort } from '../free-port.ts';

export interface TestRegistry {
  /** `127.0.0.1:40123`; `localhost:…` with TLS. */
  readonly host: string;
  readonly folder: string;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Who may use it: nobody who is not in this htpasswd file, or who has no token of this server. */
  readonly auth?:
    | { readonly htpasswd: string }
    | { readonly realm: string; readonly service: string; readonly issuer: string; readonly certificate: string };
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A registry of its own on a free port, with an empty store; it ends with `stop`. */
export async function startRegistry({ auth, tls }: RegistryOptions = {}): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-registry-'));
  const port = await freePort();
  const lines = [
    'version: 0.1',
    'log: { level: error, accesslog: { disabled: true } }',
    `storage: { filesystem: { rootdirectory: ${folder}/store } }`,
    'http:',
    `  addr: 127.0.0.1:${port}`,
    ...(tls === undefined ? [] : [`  tls: { certificate: ${tls.certificate}, key: ${tls.key} }`]),
    ...authLines(auth, folder),
  ];
  writeFileSync(join(folder, 'config.yml'), `${lines.join('\n')}\n`);
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  const host = `${tls === undefined ? '127.0.0.1' : 'localhost'}:${port}`;
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`the registry ended: ${said}`);
      await fetch(`http://127.0.0.1:${port}/v2/`);
    },
    { timeout: 60_000, interval: 50 },
  );
  return { host, folder, stop: () => end(child, folder) };
}

function authLines(auth: RegistryOptions['auth'], folder: string): readonly string[] {
  if (auth === undefined) return [];
  if ('htpasswd' in auth) {
    writeFileSync(join(folder, 'htpasswd'), auth.htpasswd);
    return [`auth: { htpasswd: { realm: test, path: ${folder}/htpasswd } }`];
  }
  const { realm, service, issuer, certificate } = auth;
  return [
    `auth: { token: { realm: "${realm}", service: ${service}, issuer: ${issuer}, rootcertbundle: ${certificate} } }`,
  ];
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null) {
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    });
  }
  rmSync(folder, { recursive: true, force: true });
}

/** The state folder and the small file in it by which other commands find the running reconciler. */
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { machineState } from './unreadable-state.ts';

/**
 * `--state`, else `AUTOGIT_STATE`, else systemd's `STATE_DIRECTORY`, else `/var/lib/autogit` for root and
 * `~/.local/state/autogit` for others.
 */
export function stateFolder(option: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  if (option !== undefined) return option;
  const given = env.AUTOGIT_STATE ?? env.STATE_DIRECTORY?.split(':')[0];
  if (given !== undefined && given !== '') return given;
  if (process.getuid?.() === 0) return machineState;
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local/state'), 'autogit');
}

/** Whether the folder is another one than a user has who names none. */
export function isNamedState(folder: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const { AUTOGIT_STATE: _named, STATE_DIRECTORY: _given, ...bare } = env;
  return resolve(folder) !== resolve(stateFolder(undefined, bare));
}

/** How to reach the reconciler that works on a state folder. Who may read the folder may ask it to act. */
export interface ServiceAddress {
  /** `http://127.0.0.1:4280`. */
  readonly address: string;
  readonly token: string;
  readonly pid: number;
}

const name = 'http.json';

/** Writes `http.json` readable by the owner alone, whole or not at all. */
export async function writeServiceAddress(folder: string, service: ServiceAddress): Promise<void> {
  const path = join(folder, name);
  await writeFile(`${path}.new`, `${JSON.stringify(service)}\n`, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

export async function removeServiceAddress(folder: string): Promise<void> {
  await rm(join(folder, name), { force: true });
}

/** Undefined when no reconciler has written one, or what lies there is not one. */
export async function readServiceAddress(folder: string): Promise<ServiceAddress | undefined> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<ServiceAddress>;
    if (typeof value.address !== 'string' || typeof value.token !== 'string' || typeof value.pid !== 'number')
      return undefined;
    return { address: value.address, token: value.token, pid: value.pid };
  } catch {
    return undefined;
  }
}

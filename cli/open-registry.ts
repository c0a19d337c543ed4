import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from './clock.ts';
import type { Options } from './commands.ts';
import { createRegistry, type Registry } from './registry/create-registry.ts';
import { openDockerConfig } from './registry/docker-config.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

/** The registries as this user reaches them: logins of `docker login`, proxies of the environment, flags of the command. */
export async function openRegistry(options: Options): Promise<Registry> {
  const folder = process.env.DOCKER_CONFIG || join(homedir(), '.docker');
  const ca = typeof options.caFile === 'string' ? await certificates(options.caFile) : undefined;
  return createRegistry({
    logins: openDockerConfig({ path: join(folder, 'config.json'), env: process.env }),
    clock: systemClock,
    env: process.env,
    insecure: listed(options.insecureRegistry),
    userAgent: `autogit/${version}`,
    ...(ca === undefined ? {} : { ca }),
  });
}

/** `a, b` → two names. */
export function listed(value: Options[string]): readonly string[] {
  if (typeof value !== 'string') return [];
  return value.split(',').flatMap((part) => part.trim() || []);
}

async function certificates(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--ca-file ${path} cannot be read (${code}); name a file with certificates in PEM`);
  }
  throw new UsageError(`--ca-file ${path} holds no certificate; name a file with certificates in PEM`);
}

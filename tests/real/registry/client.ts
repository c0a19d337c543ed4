import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../cli/clock.ts';
import { createRegistry, type Registry, type RegistryOptions } from '../../../cli/registry/create-registry.ts';
import { openDockerConfig } from '../../../cli/registry/docker-config.ts';

export interface Clients {
  /** Holds the Docker configuration; programs in it are found. */
  readonly folder: string;
  /** A client with the logins of a Docker configuration. */
  client(config?: object, options?: Partial<RegistryOptions>): Registry;
  close(): void;
}

/** Clients with a folder of their own; all of it goes with `close`. */
export function openClients(): Clients {
  const folder = mkdtempSync(join(tmpdir(), 'autogit-logins-'));
  const open: Registry[] = [];
  return {
    folder,
    client(config = {}, options = {}) {
      const path = join(folder, 'config.json');
      writeFileSync(path, JSON.stringify(config));
      const env = { PATH: `${folder}:${process.env.PATH}`, ...options.env };
      const logins = openDockerConfig({ path, env });
      const made = createRegistry({ logins, clock: systemClock, userAgent: 'autogit/test', ...options, env });
      open.push(made);
      return made;
    },
    close() {
      for (const registry of open) registry.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What an image stands for, without anything that is known before. */
export const look = (registry: Registry, image: string) =>
  registry.look(image, undefined, new AbortController().signal);

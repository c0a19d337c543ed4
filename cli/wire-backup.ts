import type { Platform } from '../compiler/model/platform.ts';
import { openContainerHost } from '../reconciler/docker/container-host.ts';
import type { RevisionRecord } from '../reconciler/model/record.ts';
import { StoreDown } from '../reconciler/model/store-down.ts';
import type { ContainerHost } from '../reconciler/ports/container-host.ts';
import type { Store } from '../reconciler/ports/store.ts';
import { openStore } from '../reconciler/record/store.ts';
import { systemClock } from './clock.ts';
import { createLog } from './log.ts';
import { hasState } from './wire.ts';

/** The engines of a platform, each opened when it is first asked for. */
export function containerHosts({ hosts }: Platform): { of(id: string): ContainerHost; close(): void } {
  const open = new Map<string, ContainerHost>();
  return {
    of(id) {
      const there = open.get(id);
      if (there !== undefined) return there;
      const host = hosts.find((each) => each.id === id);
      if (host?.engine.kind !== 'docker') throw new Error(`host ${id} has no engine`);
      const made = openContainerHost(host.engine.url, process.env.DOCKER_CERT_PATH);
      open.set(id, made);
      return made;
    },
    close() {
      for (const host of open.values()) host.close();
    },
  };
}

/**
 * The state of a reconciler that does not run now: nobody else can take it while it is open. Undefined when there is none.
 * Throws `StoreDown` when one runs on it.
 */
export async function holdState(folder: string): Promise<Store | undefined> {
  if (!hasState(folder)) return undefined;
  const log = await createLog({ format: 'text', level: 'error', redact: (text) => text });
  return openStore({ directory: folder, clock: systemClock, log, adoptOnlyWhenNew: true, open: 'existing' });
}

/** The last revision that a reconciler that does not run now has applied, from its state. */
export async function appliedRevision(folder: string): Promise<RevisionRecord | undefined> {
  const store = await holdState(folder);
  try {
    return store?.revisions(100).find(({ source }) => source !== undefined);
  } finally {
    store?.close();
  }
}

/** Whether it is that a reconciler runs on the state. */
export function isTaken(error: unknown): error is StoreDown {
  return error instanceof StoreDown && error.reason === 'locked';
}

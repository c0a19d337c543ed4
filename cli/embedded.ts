import type { Platform } from '../compiler/model/platform.ts';
import { createEngines } from '../reconciler/engines.ts';
import { createMemoryEngine } from '../reconciler/memory/engine.ts';
import { Secret } from '../reconciler/model/secret.ts';
import type { Clock } from '../reconciler/ports/clock.ts';
import type { Engines, ForgePorts } from '../reconciler/ports/reconciler.ts';
import type { SecretReader } from '../reconciler/ports/secrets.ts';

/** A world in this process: engines in memory, secrets that mean nothing, a recorded job load. */
export interface Embedded {
  readonly engines: Engines;
  readonly forge: (platform: Platform) => ForgePorts;
  readonly secrets: SecretReader;
  close(): void;
}

export function createEmbedded(clock: Clock): Embedded {
  const make = (host: { readonly id: string }) => createMemoryEngine({ clock, host: host.id });
  return {
    engines: createEngines({ docker: make, process: make }),
    forge: () => ({}),
    secrets: {
      value: async (id) => ({ ok: true, value: new Secret(`embedded-${id}`) }),
      fingerprint: async (id) => ({ ok: true, value: `embedded-${id}` }),
    },
    close: () => {},
  };
}

import type { Platform } from '../compiler/model/platform.ts';
import { createEngines } from '../reconciler/engines.ts';
import { createTrace } from '../reconciler/load/trace.ts';
import { makeBursts } from '../reconciler/load/trace-jobs.ts';
import { createMemoryEngine, type MemoryEngine } from '../reconciler/memory/engine.ts';
import { Secret } from '../reconciler/model/secret.ts';
import type { Clock } from '../reconciler/ports/clock.ts';
import type { Engines, ForgePorts } from '../reconciler/ports/reconciler.ts';
import type { SecretReader } from '../reconciler/ports/secrets.ts';

/** A world in this process: engines in memory, secrets that mean nothing, a made-up job load. */
export interface Embedded {
  readonly engines: Engines;
  readonly forge: (platform: Platform) => ForgePorts;
  readonly secrets: SecretReader;
}

/** Milliseconds that things of the demonstration take: quick enough to watch, slow enough to see. */
const pace = { pull: 1500, healthy: 2000, runnerStart: 2500 };
/** What the host of the demonstration claims to have. */
const facts = { version: 'embedded', cpus: 16, memoryBytes: 32 * 2 ** 30, arch: 'amd64' };

/** Jobs for every pool of the platform, in bursts, the same ones at each start. */
export function createEmbedded(clock: Clock): Embedded {
  const opened: MemoryEngine[] = [];
  const make = (host: { readonly id: string }): MemoryEngine => {
    const behaviour = { images: allImages, runnerStartMs: pace.runnerStart };
    const engine = createMemoryEngine({ clock, host: host.id, facts, behaviour: () => behaviour });
    opened.push(engine);
    return engine;
  };
  let ports: ForgePorts | undefined;
  return {
    engines: createEngines({ docker: make, process: make }),
    forge: (platform) => {
      ports ??= playedForge(platform, clock, (name) => {
        for (const engine of opened) engine.endRunner(name);
      });
      return ports;
    },
    secrets: {
      value: async (id) => ({ ok: true, value: new Secret(`embedded-${id}`) }),
      fingerprint: async (id) => ({ ok: true, value: `embedded-${id}` }),
    },
  };
}

/** Every image of the demonstration behaves the same. */
const allImages = new Proxy(
  {},
  {
    get: () => ({ pullMs: pace.pull, healthyAfterMs: pace.healthy }),
    has: () => true,
  },
);

function playedForge(platform: Platform, clock: Clock, endRunner: (name: string) => void): ForgePorts {
  if (platform.pools.length === 0) return {};
  const jobs = makeBursts({
    seed: 7,
    labels: platform.pools.map((pool) => pool.labels),
    bursts: 40,
    pauseMs: 25_000,
    durationMs: 12_000,
    size: 5,
  });
  const trace = createTrace({ jobs, clock, bootMs: 500, repeat: true, endRunner });
  return { loadSource: trace.load, runnerService: trace.runners };
}

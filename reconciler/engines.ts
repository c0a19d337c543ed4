import type { Host } from '../compiler/model/platform.ts';
import type { Engine } from './ports/engine.ts';
import type { Engines } from './ports/reconciler.ts';

/** How an engine of each kind is opened. An embedded platform gives the memory engine for both. */
export interface EngineMakers {
  readonly docker: (host: Host, url: string) => Engine;
  readonly process: (host: Host) => Engine;
}

/** Opens the engine of each host once; a host whose address changed is opened anew. */
export function createEngines(makers: EngineMakers): Engines {
  const opened = new Map<string, { readonly address: string; readonly engine: Engine }>();

  function of(host: Host): Engine {
    const address = host.engine.kind === 'docker' ? host.engine.url : 'process';
    const known = opened.get(host.id);
    if (known !== undefined && known.address === address) return known.engine;
    known?.engine.close();
    const engine = host.engine.kind === 'docker' ? makers.docker(host, host.engine.url) : makers.process(host);
    opened.set(host.id, { address, engine });
    return engine;
  }

  function close(): void {
    for (const { engine } of opened.values()) engine.close();
    opened.clear();
  }

  return { of, close };
}

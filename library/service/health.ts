import type { Health } from '../../compiler/model/platform.ts';
import { millisecondsIn } from '../../compiler/model/quantities.ts';
import type { HealthSpec, ServiceSpec } from '../../schema/spec.ts';

/** The health check of a service; absent when the file has none, or none that can be made because a port is missing. */
export function healthOf(spec: ServiceSpec): Health | undefined {
  const { health } = spec;
  if (health === undefined) return undefined;
  const test = testOf(health, health.port ?? spec.port);
  if (test === undefined) return undefined;
  return {
    test,
    intervalMs: millisecondsIn(health.interval),
    timeoutMs: millisecondsIn(health.timeout),
    retries: health.retries,
    startMs: millisecondsIn(health.start),
  };
}

function testOf({ exec, http, tcp }: HealthSpec, httpPort: number | undefined): Health['test'] | undefined {
  if (exec !== undefined) return { kind: 'exec', command: exec };
  const port = typeof tcp === 'number' ? tcp : httpPort;
  if (port === undefined) return undefined;
  return http === undefined ? { kind: 'tcp', port } : { kind: 'http', port, path: http };
}

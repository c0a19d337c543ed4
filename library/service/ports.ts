import type { Port } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import type { ServiceSpec } from '../../schema/spec.ts';

/** `port` is the HTTP port, under the name `http`; `ports` names further ones. */
export function portsOf(spec: ServiceSpec, origin: string): readonly Port[] {
  const named = Object.entries(spec.ports).map(
    ([name, { port, protocol, publish }]): Port => ({
      name,
      port,
      protocol,
      ...(publish === undefined ? {} : { publish }),
      origin: pointerTo(origin, 'ports', name),
    }),
  );
  if (spec.port === undefined) return named;
  return [{ name: 'http', port: spec.port, protocol: 'tcp', origin: pointerTo(origin, 'port') }, ...named];
}

import type { Component, ExpandContext, Fragment } from '../../compiler/model/component.ts';
import type { EnvironmentVariable, Mount, Need, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { bytesIn, limitsIn, millisecondsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { Finding } from '../../schema/diagnostic.ts';
import type { ServiceSpec } from '../../schema/spec.ts';
import { healthOf } from './health.ts';
import { portsOf } from './ports.ts';

/** Any image, under the same rules as the components: the entries of `services`. */
export const service: Component = {
  use: 'service',
  role: 'service',
  title: 'Any other service',
  licence: 'that of its image',
  image: '',
  expand(parameters, context) {
    const spec = parameters as unknown as ServiceSpec;
    const { id, origin, hostname } = context;
    const { port } = spec;
    return {
      workloads: [workloadOf(spec, context)],
      volumes: Object.entries(spec.volumes).map(([key, volume]) => ({
        id: `${id}-${key}`,
        workload: id,
        origin: pointerTo(origin, 'volumes', key),
        sizeBytes: bytesIn(volume.size),
      })),
      routes:
        hostname === undefined || port === undefined
          ? []
          : [{ id, hostname, path: '/', workload: id, port, origin: pointerTo(origin, 'host') }],
      findings: portFindings(spec, origin),
    } satisfies Fragment;
  },
};

function workloadOf(spec: ServiceSpec, { id, origin, host }: ExpandContext): Workload {
  const health = healthOf(spec);
  return {
    id,
    origin,
    component: 'service',
    host: host.id,
    image: spec.image,
    ...(spec.entrypoint === undefined ? {} : { entrypoint: spec.entrypoint }),
    ...(spec.command === undefined ? {} : { command: spec.command }),
    environment: environmentOf(spec, origin),
    ports: portsOf(spec, origin),
    mounts: mountsOf(spec, id),
    ...(health === undefined ? {} : { health }),
    needs: spec.needs.map(
      (workload, index): Need => ({ workload, condition: 'healthy', origin: pointerTo(origin, 'needs', index) }),
    ),
    limits: limitsIn(spec.limits),
    ...(spec.user === undefined ? {} : { user: userIn(spec.user) }),
    readOnlyRoot: spec.readOnly,
    capabilities: spec.capabilities,
    internet: spec.internet,
    stateful: spec.stateful ?? Object.keys(spec.volumes).length > 0,
    stopGraceMs: millisecondsIn(spec.stop.grace),
    ...(spec.stop.signal === undefined ? {} : { stopSignal: spec.stop.signal }),
  };
}

/** `1000:1000`. */
function userIn(text: string): { readonly uid: number; readonly gid: number } {
  const [uid, gid] = text.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** A variable whose name ends in `_FILE` holds the path of the secret; any other one holds its value. */
function environmentOf(spec: ServiceSpec, origin: string): readonly EnvironmentVariable[] {
  return Object.entries(spec.environment).map(([name, value]) => {
    const place = pointerTo(origin, 'environment', name);
    if (typeof value !== 'object') return { name, value: { kind: 'text', text: String(value) }, origin: place };
    const kind = name.endsWith('_FILE') ? 'secret-file' : 'secret';
    return { name, value: { kind, secret: value.secret }, origin: place };
  });
}

function mountsOf(spec: ServiceSpec, id: string): readonly Mount[] {
  const volumes = Object.entries(spec.volumes).map(
    ([key, { path }]): Mount => ({ kind: 'volume', volume: `${id}-${key}`, path, readOnly: false }),
  );
  const files = Object.entries(spec.environment).flatMap(([name, value]) =>
    name.endsWith('_FILE') && typeof value === 'object' ? [value.secret] : [],
  );
  const secrets = [...new Set([...spec.secrets, ...files])];
  // A read-only root leaves programs without a place for temporary files.
  const temporary = spec.readOnly && !volumes.some((mount) => mount.kind === 'volume' && mount.path === '/tmp');
  return [
    ...volumes,
    ...secrets.map((secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) })),
    ...(temporary ? [{ kind: 'tmpfs', path: '/tmp' } as const] : []),
  ];
}

/** A host, and a health check over the network, need a port. */
function portFindings(spec: ServiceSpec, origin: string): readonly Finding[] {
  if (spec.port !== undefined) return [];
  const { health } = spec;
  const checked = health !== undefined && health.exec === undefined && typeof health.tcp !== 'number';
  return [
    ...(spec.host === undefined
      ? []
      : [withoutPort(pointerTo(origin, 'host'), 'the ingress needs to know which port of it speaks HTTP')]),
    ...(checked ? [withoutPort(pointerTo(origin, 'health'), 'the health check needs to know which port to ask')] : []),
  ];
}

function withoutPort(pointer: string, message: string): Finding {
  return { code: 'AG401', pointer, message, hint: 'add `port:` with the port that the program listens on' };
}

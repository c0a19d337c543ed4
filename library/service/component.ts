import type { Demand } from '../../compiler/model/binding.ts';
import type { Component, ExpandContext, Fragment, PartContext } from '../../compiler/model/component.ts';
import { needsIn } from '../../compiler/model/needs.ts';
import type { EnvironmentVariable, Need, Route, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { limitsIn, millisecondsIn } from '../../compiler/model/quantities.ts';
import { isRole } from '../../compiler/model/roles.ts';
import type { Finding } from '../../schema/diagnostic.ts';
import type { ServiceSpec } from '../../schema/spec.ts';
import { guardDemand, protectionOf } from '../protection.ts';
import { healthOf } from './health.ts';
import { jobOf } from './job.ts';
import { machineOf } from './machine.ts';
import { configsOf, mountsOf, volumesOf } from './mounts.ts';
import { portsOf } from './ports.ts';

/** Any image, under the same rules as the components: the entries of `services`. */
export const service: Component = {
  use: 'service',
  role: 'service',
  title: 'Any other service',
  licence: 'that of its image',
  image: '',
  declare(parameters, context) {
    const spec = parameters as unknown as ServiceSpec;
    return {
      demands: demandsOf(spec, context.origin),
      routes: routesOf(spec, context),
      volumes: volumesOf(spec, context),
    };
  },
  expand(parameters, context) {
    const spec = parameters as unknown as ServiceSpec;
    const { origin } = context;
    return {
      workloads: [workloadOf(spec, context)],
      configs: configsOf(spec, context),
      findings: portFindings(spec, origin),
    } satisfies Fragment;
  },
};

function workloadOf(spec: ServiceSpec, { id, origin, host }: ExpandContext): Workload {
  const health = healthOf(spec);
  const job = jobOf(spec, origin);
  return {
    id,
    origin,
    component: 'service',
    host: host.id,
    image: spec.image,
    ...(spec.build === undefined ? {} : { build: spec.build }),
    ...(spec.entrypoint === undefined ? {} : { entrypoint: spec.entrypoint }),
    ...(spec.command === undefined ? {} : { command: spec.command }),
    ...(spec.workingDirectory === undefined ? {} : { workingDirectory: spec.workingDirectory }),
    ...(job === undefined ? {} : { job }),
    ...(spec.replicas === 1 ? {} : { replicas: spec.replicas }),
    environment: environmentOf(spec, origin),
    ports: portsOf(spec, origin),
    mounts: mountsOf(spec, id),
    ...(health === undefined ? {} : { health }),
    needs: needsIn(spec.needs).map(
      ({ id: workload, condition = 'healthy', key }): Need => ({
        workload,
        condition,
        origin: pointerTo(origin, 'needs', key),
      }),
    ),
    limits: limitsIn(spec.limits),
    ...machineOf(spec, origin),
    ...(spec.user === undefined ? {} : { user: userIn(spec.user) }),
    readOnlyRoot: spec.readOnly,
    capabilities: spec.capabilities,
    internet: spec.internet,
    stateful: spec.stateful ?? ownsVolumes(spec),
    ...(spec.init ? {} : { ownInit: true }),
    stopGraceMs: millisecondsIn(spec.stop.grace),
    ...(spec.stop.signal === undefined ? {} : { stopSignal: spec.stop.signal }),
  };
}

/** A volume that is only read, or that belongs to somebody else, does not make it stateful. A job keeps no copy running. */
function ownsVolumes({ volumes, schedule }: ServiceSpec): boolean {
  return schedule === undefined && Object.values(volumes).some((volume) => !volume.readOnly);
}

/** A need on a role asks it for what it gives: a database, a cache. */
function demandsOf({ needs, protect }: ServiceSpec, origin: string): readonly Demand[] {
  const needed = needsIn(needs).flatMap(({ id, key }): readonly Demand[] =>
    isRole(id) ? [{ role: id, origin: pointerTo(origin, 'needs', key) }] : [],
  );
  if (protect?.by !== 'sso') return needed;
  return [...needed.filter(({ role }) => role !== 'sso'), guardDemand(pointerTo(origin, 'protect'))];
}

function routesOf({ host, port, protect }: ServiceSpec, { id, origin, hostname }: PartContext): readonly Route[] {
  if (host === undefined || hostname === undefined || port === undefined) return [];
  const guard = protectionOf(protect);
  const route = { id, hostname, path: host.path, workload: id, port, origin: pointerTo(origin, 'host') };
  return [guard === undefined ? route : { ...route, protect: guard }];
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

/** A host, and a health check over the network, need a port. */
function portFindings(spec: ServiceSpec, origin: string): readonly Finding[] {
  if (spec.port !== undefined) return [];
  const { health } = spec;
  const checked =
    health !== undefined && health.exec === undefined && health.port === undefined && typeof health.tcp !== 'number';
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

import type { ObjectsBinding } from '../../compiler/model/binding.ts';
import type { Component, ExpandContext, PartContext } from '../../compiler/model/component.ts';
import type { Facts } from '../../compiler/model/facts.ts';
import type { Config, Mount, Port, Secret, Workload } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { bytesIn, limitsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { DistributionSpec } from '../../schema/spec.ts';
import { ownNeeds, ownVolume } from '../own-volume.ts';
import { configText, ports, registryConfig } from './config.ts';
import { startScript } from './start-script.ts';

const dataFolder = '/var/lib/registry';
const paths = {
  'config.yml': '/etc/autogit/config.yml',
  'read-only.yml': '/etc/autogit/read-only.yml',
  'start.sh': '/etc/autogit/start.sh',
} as const;
const registryUser = { uid: 1000, gid: 1000 } as const;
/** Secret with the users when the file names no other. */
const usersId = 'registry-users';

/** The registry of the CNCF (https://distribution.github.io/distribution/). */
export const distribution: Component<'registry'> = {
  use: 'distribution',
  role: 'registry',
  title: 'Distribution',
  licence: 'Apache-2.0',
  image: 'registry:3.1.2',
  oracle: 'registry',
  declare: (parameters, context) => declare(parameters as unknown as DistributionSpec, context),
  expand(parameters, context) {
    const spec = parameters as unknown as DistributionSpec;
    const { objects } = context.bindings;
    const configs = configsOf(spec, context, objects);
    const owner = objects === undefined ? ownVolume({ id: `${context.id}-data`, ...registryUser }, context) : [];
    return {
      workloads: [workloadOf(spec, context, configs), ...owner],
      ready: [context.id],
      configs,
      secrets: secretsOf(spec, context),
    };
  },
};

function declare(spec: DistributionSpec, { id, origin, hostname, platform }: PartContext): Facts {
  const inBucket = spec.storage === 'objects';
  const place = pointerTo(origin, 'storage');
  return {
    demands: inBucket ? [{ role: 'objects', origin: place, required: { otherwise: 'write `storage: disk`' } }] : [],
    routes: [
      {
        id,
        hostname: hostname ?? `${spec.host}.${platform.domain}`,
        path: '/',
        workload: id,
        port: ports.http,
        origin: pointerTo(origin, 'host'),
      },
    ],
    volumes: inBucket ? [] : [{ id: `${id}-data`, workload: id, origin, sizeBytes: bytesIn(spec.size) }],
    scrapes: [{ id, workload: id, port: ports.metrics, path: '/metrics', origin }],
    alerts: [
      {
        id: 'RegistryFails',
        origin,
        expression: 'sum(rate(registry_http_requests_total{job="registry",code=~"5.."}[10m])) > 0',
        forMs: 600_000,
        severity: 'warning',
        summary:
          'The registry has answered with errors for ten minutes: read its log, and see whether its disk is full.',
      },
    ],
    secretUses: [{ secret: spec.users, origin: pointerTo(origin, 'users') }],
  };
}

function configsOf(
  spec: DistributionSpec,
  { id, origin }: ExpandContext,
  objects: ObjectsBinding | undefined,
): readonly Config[] {
  const settings = (readOnly: boolean) =>
    configText(
      registryConfig({
        usersFile: secretPath(spec.users),
        storage:
          objects === undefined
            ? { kind: 'folder', path: dataFolder }
            : { kind: 'bucket', ...objects, bucket: objects.buckets[0] ?? id },
        readOnly,
      }),
    );
  const script = startScript({
    configPath: paths['config.yml'],
    readOnlyPath: paths['read-only.yml'],
    secretFile: secretPath(httpSecret(id)),
    ...(objects === undefined
      ? {}
      : { bucketKeys: { accessKeyFile: secretPath(objects.accessKey), secretKeyFile: secretPath(objects.secretKey) } }),
    collect: spec.collect,
    removeUntagged: spec.removeUntagged,
  });
  return [
    { id: `${id}-config`, workload: id, origin, file: 'config.yml', text: settings(false) },
    { id: `${id}-read-only`, workload: id, origin, file: 'read-only.yml', text: settings(true) },
    { id: `${id}-start`, workload: id, origin, file: 'start.sh', text: script },
  ];
}

function workloadOf(spec: DistributionSpec, context: ExpandContext, configs: readonly Config[]): Workload {
  const { id, origin, host } = context;
  const { objects } = context.bindings;
  const keys = objects === undefined ? [] : [objects.accessKey, objects.secretKey];
  return {
    id,
    origin,
    component: 'distribution',
    host: host.id,
    image: spec.image ?? distribution.image,
    entrypoint: ['/bin/sh', paths['start.sh']],
    command: [],
    // The image asks for traces to be exported nowhere in the same way.
    environment: [{ name: 'OTEL_TRACES_EXPORTER', value: { kind: 'text', text: 'none' }, origin }],
    ports: portsOf(origin),
    mounts: [
      ...(objects === undefined
        ? [{ kind: 'volume', volume: `${id}-data`, path: dataFolder, readOnly: false } as const]
        : []),
      { kind: 'tmpfs', path: '/tmp' },
      ...configs.map(
        ({ id: config, file }): Mount => ({ kind: 'config', config, path: paths[file as keyof typeof paths] }),
      ),
      ...[httpSecret(id), spec.users, ...keys].map(
        (secret): Mount => ({ kind: 'secret', secret, path: secretPath(secret) }),
      ),
    ],
    health: {
      // Answers without a sign-on.
      test: { kind: 'http', port: ports.http, path: '/', client: 'wget' },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 60_000,
    },
    needs: objects === undefined ? ownNeeds(context) : [],
    limits: limitsIn(spec.limits),
    user: registryUser,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: objects === undefined,
    // Pushes that run are finished for half a minute.
    stopGraceMs: 45_000,
  };
}

function portsOf(origin: string): readonly Port[] {
  return [
    { name: 'http', port: ports.http, protocol: 'tcp', origin },
    { name: 'metrics', port: ports.metrics, protocol: 'tcp', private: true, origin },
  ];
}

function secretsOf({ users }: DistributionSpec, { id, origin }: ExpandContext): readonly Secret[] {
  const implied: readonly Secret[] =
    users === usersId
      ? [{ id: usersId, origin, source: { kind: 'env', variable: 'AUTOGIT_SECRET_REGISTRY_USERS' } }]
      : [];
  return [{ id: httpSecret(id), origin, source: { kind: 'generate', length: 64 } }, ...implied];
}

function httpSecret(id: string): string {
  return `${id}-http-secret`;
}

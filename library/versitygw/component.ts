import type { Component, ExpandContext } from '../../compiler/model/component.ts';
import type { Config, Secret, Workload } from '../../compiler/model/platform.ts';
import { limitsIn } from '../../compiler/model/quantities.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { VersitygwSpec } from '../../schema/spec.ts';
import { clientSecrets, clientsOf, type StoreClient, storeFacts, storeFindings, storeOffer } from '../object-store.ts';
import { ownNeeds, ownVolume } from '../own-volume.ts';
import { startScript } from './start-script.ts';

const port = 7070;
const adminPort = 7071;
const scriptPath = '/etc/autogit/start.sh';
const dataFolder = '/data';
const temporaryFolder = '/tmp';
const user = { uid: 1000, gid: 1000 } as const;

type Context = ExpandContext<'objects'>;

/** S3 over a folder (https://github.com/versity/versitygw). */
export const versitygw: Component<'objects'> = {
  use: 'versitygw',
  role: 'objects',
  title: 'Versity S3 Gateway',
  licence: 'Apache-2.0',
  image: 'versity/versitygw:v1.8.0',
  oracle: 'versitygw',
  declare: (parameters, context) => storeFacts(parameters as unknown as VersitygwSpec, port, context),
  offer: (asking, parameters, context) => storeOffer(asking, parameters as unknown as VersitygwSpec, port, context),
  expand(parameters, context) {
    const spec = parameters as unknown as VersitygwSpec;
    const { id } = context;
    const clients = clientsOf(spec, context);
    const script = scriptOf(spec, context, clients);
    return {
      workloads: [workloadOf(spec, context, clients, script), ...ownVolume({ id: `${id}-data`, ...user }, context)],
      ready: [id],
      configs: [script],
      secrets: [rootSecret(context), ...clientSecrets(clients, context)],
      findings: storeFindings(spec, context),
    };
  },
};

function scriptOf(spec: VersitygwSpec, context: Context, clients: readonly StoreClient[]): Config {
  const { id, origin } = context;
  const text = startScript({
    port,
    adminPort,
    region: spec.region,
    // Below the mount point, where a file system may have put a `lost+found`, which would be a bucket.
    dataFolder: `${dataFolder}/buckets`,
    temporaryFolder,
    rootKeyFile: secretPath(rootSecret(context).id),
    clients,
  });
  return { id: `${id}-start`, workload: id, origin, file: 'start.sh', text };
}

function workloadOf(spec: VersitygwSpec, context: Context, clients: readonly StoreClient[], script: Config): Workload {
  const { id, origin, host } = context;
  const limits = limitsIn(spec.limits);
  return {
    id,
    origin,
    component: 'versitygw',
    host: host.id,
    image: spec.image ?? versitygw.image,
    entrypoint: ['/bin/sh', scriptPath],
    command: [],
    // Makes the runtime of Go tidy up before the limit and not after.
    environment: [
      { name: 'GOMEMLIMIT', value: { kind: 'text', text: String(Math.floor(limits.memoryBytes * 0.8)) }, origin },
    ],
    ports: [{ name: 's3', port, protocol: 'tcp', origin }],
    mounts: [
      { kind: 'volume', volume: `${id}-data`, path: dataFolder, readOnly: false },
      { kind: 'tmpfs', path: temporaryFolder },
      { kind: 'config', config: script.id, path: scriptPath },
      ...[rootSecret(context).id, ...clients.flatMap(({ keys }) => keys)].map(
        (secret) => ({ kind: 'secret', secret, path: secretPath(secret) }) as const,
      ),
    ],
    health: {
      // It answers before the buckets are there.
      test: {
        kind: 'exec',
        command: [
          '/bin/sh',
          '-c',
          `test -f ${temporaryFolder}/ready && wget -q -O /dev/null http://127.0.0.1:${port}/health`,
        ],
      },
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 3,
      startMs: 60_000,
    },
    needs: ownNeeds(context),
    limits,
    user,
    readOnlyRoot: true,
    capabilities: [],
    internet: false,
    stateful: true,
    stopGraceMs: 30_000,
  };
}

function rootSecret({ id, origin }: Context): Secret {
  return { id: `${id}-root-key`, origin, source: { kind: 'generate', length: 40 } };
}

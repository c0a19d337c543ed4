/**
 * The configuration of the registry (https://distribution.github.io/distribution/about/configuration/), version 3. It
 * ignores keys that it does not know, so these types are the only guard: no other key can be written here.
 */
import { yamlText } from '../../compiler/model/yaml-text.ts';

export const ports = { http: 5000, metrics: 5001 } as const;

export type RegistryConfig = {
  readonly version: '0.1';
  readonly log: { readonly level: 'info'; readonly formatter: 'json'; readonly accesslog: { readonly disabled: true } };
  readonly storage: Storage & {
    readonly delete: { readonly enabled: true };
    readonly redirect: { readonly disable: true };
    readonly cache: { readonly blobdescriptor: 'inmemory' };
    readonly maintenance: {
      readonly uploadpurging: {
        readonly enabled: true;
        readonly age: '168h';
        readonly interval: '24h';
        readonly dryrun: false;
      };
      readonly readonly: { readonly enabled: boolean };
    };
  };
  readonly auth: { readonly htpasswd: { readonly realm: string; readonly path: string } };
  readonly http: {
    readonly addr: string;
    readonly draintimeout: '30s';
    readonly debug: {
      readonly addr: string;
      readonly prometheus: { readonly enabled: true; readonly path: '/metrics' };
    };
  };
  readonly health: {
    readonly storagedriver: { readonly enabled: true; readonly interval: '10s'; readonly threshold: 3 };
  };
};

type Storage =
  | { readonly filesystem: { readonly rootdirectory: string } }
  | {
      readonly s3: {
        readonly region: string;
        readonly regionendpoint: string;
        readonly bucket: string;
        readonly forcepathstyle: true;
        readonly secure: false;
      };
    };

export interface RegistryOptions {
  readonly usersFile: string;
  readonly storage:
    | { readonly kind: 'folder'; readonly path: string }
    | { readonly kind: 'bucket'; readonly endpoint: string; readonly region: string; readonly bucket: string };
  /** True while unused layers are removed: a push at that time would lose some of its own. */
  readonly readOnly: boolean;
}

export function registryConfig({ usersFile, storage, readOnly }: RegistryOptions): RegistryConfig {
  return {
    version: '0.1',
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: {
      ...storageOf(storage),
      delete: { enabled: true },
      // Clients reach the registry alone, and not what it keeps its layers in.
      redirect: { disable: true },
      cache: { blobdescriptor: 'inmemory' },
      maintenance: {
        uploadpurging: { enabled: true, age: '168h', interval: '24h', dryrun: false },
        readonly: { enabled: readOnly },
      },
    },
    auth: { htpasswd: { realm: 'registry', path: usersFile } },
    http: {
      addr: `:${ports.http}`,
      draintimeout: '30s',
      debug: { addr: `:${ports.metrics}`, prometheus: { enabled: true, path: '/metrics' } },
    },
    health: { storagedriver: { enabled: true, interval: '10s', threshold: 3 } },
  };
}

function storageOf(storage: RegistryOptions['storage']): Storage {
  if (storage.kind === 'folder') return { filesystem: { rootdirectory: storage.path } };
  const { region, endpoint, bucket } = storage;
  // With an endpoint of one's own, version 3 refuses to start without `forcepathstyle`.
  return { s3: { region, regionendpoint: endpoint, bucket, forcepathstyle: true, secure: false } };
}

export function configText(config: RegistryConfig): string {
  return yamlText(config);
}

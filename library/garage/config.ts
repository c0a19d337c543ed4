/**
 * The configuration of Garage (https://garagehq.deuxfleurs.fr/documentation/reference-manual/configuration/), version 2. It
 * ignores keys that it does not know, so these types are the only guard: no other key can be written here.
 */
export interface GarageConfig {
  readonly metadata_dir: string;
  readonly data_dir: string;
  readonly db_engine: 'lmdb';
  readonly metadata_auto_snapshot_interval: string;
  readonly metadata_fsync: boolean;
  readonly data_fsync: boolean;
  readonly replication_factor: 1;
  readonly block_ram_buffer_max: string;
  readonly allow_world_readable_secrets: boolean;
  readonly rpc_bind_addr: string;
  readonly rpc_public_addr: string;
  readonly rpc_secret_file: string;
  readonly s3_api: { readonly api_bind_addr: string; readonly s3_region: string };
  readonly admin: { readonly api_bind_addr: string; readonly admin_token_file: string };
}

export interface GarageOptions {
  readonly folder: string;
  readonly region: string;
  readonly ports: { readonly s3: number; readonly rpc: number; readonly admin: number };
  readonly rpcSecretFile: string;
  readonly adminTokenFile: string;
  /** Memory of the container. */
  readonly memoryBytes: number;
}

export function garageConfig(options: GarageOptions): GarageConfig {
  const { folder, region, ports, rpcSecretFile, adminTokenFile, memoryBytes } = options;
  // Nodes talk to each other here. There is one, and only its own command line asks it.
  const rpc = `127.0.0.1:${ports.rpc}`;
  return {
    metadata_dir: `${folder}/meta`,
    data_dir: `${folder}/data`,
    db_engine: 'lmdb',
    // A copy of the running database would not be whole; of these, two are kept.
    metadata_auto_snapshot_interval: '1h',
    // There is no other node that still had what a loss of power took.
    metadata_fsync: true,
    data_fsync: true,
    replication_factor: 1,
    block_ram_buffer_max: `${Math.floor(memoryBytes / 4 / 2 ** 20)}MiB`,
    // It would refuse a mounted file that its group may read, as clusters mount them.
    allow_world_readable_secrets: true,
    rpc_bind_addr: rpc,
    rpc_public_addr: rpc,
    rpc_secret_file: rpcSecretFile,
    s3_api: { api_bind_addr: `[::]:${ports.s3}`, s3_region: region },
    admin: { api_bind_addr: `[::]:${ports.admin}`, admin_token_file: adminTokenFile },
  };
}

/** As TOML (https://toml.io/en/v1.0.0): JSON writes its strings, numbers and truth values just so. */
export function tomlText(config: GarageConfig): string {
  const entries = Object.entries(config);
  const lines = (all: readonly (readonly [string, unknown])[]) =>
    all.map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join('');
  const tables = entries.filter(([, value]) => typeof value === 'object');
  return [
    lines(entries.filter(([, value]) => typeof value !== 'object')),
    ...tables.map(([name, table]) => `[${name}]\n${lines(Object.entries(table))}`),
  ].join('\n');
}

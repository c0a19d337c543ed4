import type { ComposeNode } from '../node.ts';
import type { Scope } from '../scope.ts';
import { readCommand } from './command.ts';
import { readEnvFiles, readEnvironment } from './environment.ts';
import { readConfigs, readSecrets } from './files.ts';
import { readHealth } from './health.ts';
import { readExtraHosts, readNetworkMode, readNetworks } from './network.ts';
import { readExposed, readPorts } from './ports.ts';
import {
  readCapAdd,
  readCapDrop,
  readGrace,
  readInit,
  readReadOnly,
  readSecurity,
  readSignal,
  readTmpfs,
  readUser,
  readWorkingDirectory,
} from './process.ts';
import { asksAgain, pulled, readPullPolicy } from './pull-policy.ts';
import {
  readCpus,
  readDeploy,
  readDevices,
  readGpus,
  readMemory,
  readPids,
  readReplicas,
  readShm,
  readSysctls,
  readUlimits,
} from './resources.ts';
import { readVolumes } from './volumes.ts';

/** What is done with a key of a Compose service. */
export type KeyRule =
  | { readonly kind: 'read'; readonly read: (node: ComposeNode, scope: Scope) => undefined }
  /** Another part of the import reads it for all services together. */
  | { readonly kind: 'elsewhere' }
  /** Nothing has to be written: AutoGit does the same, or nothing depends on it. */
  | { readonly kind: 'same' }
  | { readonly kind: 'lost'; readonly why: string; readonly next: string };

const read = (reader: (node: ComposeNode, scope: Scope) => undefined): KeyRule => ({ kind: 'read', read: reader });
const lost = (why: string, next: string): KeyRule => ({ kind: 'lost', why, next });
const elsewhere: KeyRule = { kind: 'elsewhere' };
const same: KeyRule = { kind: 'same' };

const labels = lost('labels are AutoGit’s own', 'a program that reads labels of containers has to be told another way');
const kernel = lost(
  'it belongs to the engine and the kernel of one host',
  'set it for all containers of the host, or do without',
);
const host = lost(
  'a container keeps its own name spaces',
  'see whether `capabilities`, `devices` or `hostNetwork` is enough',
);

/** Every key of a service (compose-spec, 05-services), in the order in which they are read. */
export const serviceKeys: Readonly<Record<string, KeyRule>> = {
  image: elsewhere,
  build: elsewhere,
  extends: elsewhere,
  profiles: elsewhere,
  depends_on: elsewhere,
  links: elsewhere,
  external_links: elsewhere,
  container_name: elsewhere,
  restart: elsewhere,
  labels: elsewhere,
  entrypoint: read((node, scope) => readCommand('entrypoint', node, scope)),
  command: read((node, scope) => readCommand('command', node, scope)),
  working_dir: read(readWorkingDirectory),
  user: read(readUser),
  env_file: read(readEnvFiles),
  environment: read(readEnvironment),
  ports: read(readPorts),
  expose: read(readExposed),
  volumes: read(readVolumes),
  tmpfs: read(readTmpfs),
  configs: read(readConfigs),
  secrets: read(readSecrets),
  healthcheck: read(readHealth),
  networks: read(readNetworks),
  network_mode: read(readNetworkMode),
  extra_hosts: read(readExtraHosts),
  deploy: read(readDeploy),
  cpus: read(readCpus),
  mem_limit: read(readMemory),
  pids_limit: read(readPids),
  shm_size: read(readShm),
  scale: read(readReplicas),
  gpus: read(readGpus),
  devices: read(readDevices),
  ulimits: read(readUlimits),
  sysctls: read(readSysctls),
  read_only: read(readReadOnly),
  cap_drop: read(readCapDrop),
  cap_add: read(readCapAdd),
  security_opt: read(readSecurity),
  stop_grace_period: read(readGrace),
  stop_signal: read(readSignal),
  init: read(readInit),
  attach: same,
  develop: same,
  annotations: labels,
  label_file: labels,
  hostname: lost('a container is called by its id', 'if the program reads its own name, set it by a variable'),
  domainname: lost('a container has no domain of its own', 'others reach it by its id'),
  dns: lost('names are looked up by the engine', 'set `dns` in the daemon.json of the host'),
  dns_opt: lost('names are looked up by the engine', 'set `dns-opts` in the daemon.json of the host'),
  dns_search: lost('names are looked up by the engine', 'write full names'),
  mac_address: lost('addresses are given by the engine', 'do without, or use `hostNetwork`'),
  logging: lost('the log driver is that of the engine', 'set it in the daemon.json of the host'),
  platform: lost(
    'the engine takes the platform that it runs on',
    'put the service on a host of that architecture by `placement`',
  ),
  pull_policy: read(readPullPolicy),
  pull_refresh_after: lost(pulled, asksAgain),
  runtime: lost('the engine’s own runtime is used', 'set the default runtime of the host; for GPUs use `gpu`'),
  privileged: lost('no container is given everything', 'name what it needs: `capabilities`, `devices`, `hostNetwork`'),
  provider: lost('Compose itself would call a program for it', 'put what it provides into the file'),
  models: lost('a model is no container', 'run a server for it as a service'),
  use_api_socket: lost(
    'the socket of the engine is not handed out',
    'mount it by `volumes` with `hostPath` if it must be',
  ),
  pre_start: lost(
    'nothing is run before a container by itself',
    'make it a service with `schedule: once`, and a need of it',
  ),
  post_start: lost(
    'nothing is run inside a container after its start',
    'put it into the entrypoint, or a job with `needs`',
  ),
  pre_stop: lost('nothing is run inside a container before its end', 'let the program catch its stop signal'),
  stdin_open: lost('nobody is at the keyboard', 'use `docker exec -it`'),
  tty: lost('nobody is at the keyboard', 'use `docker exec -it`'),
  volume_driver: lost('volumes are of the driver local', 'make the volume by hand and write `external:`'),
  volumes_from: lost(
    'the mounts of another container cannot be taken',
    'mount the same volumes in both, with `external`',
  ),
  group_add: lost('further groups cannot be said', 'give the group of the files by `user: <uid>:<gid>`'),
  mem_reservation: lost('a reservation cannot be said', 'the limit is what a container gets at most'),
  memswap_limit: lost('swap is what the engine gives', 'set `limits.memory`'),
  mem_swappiness: kernel,
  oom_kill_disable: kernel,
  oom_score_adj: kernel,
  cpu_count: kernel,
  cpu_percent: kernel,
  cpu_period: kernel,
  cpu_quota: lost('parts of CPUs are said by `limits.cpus`', 'divide the quota by the period'),
  cpu_rt_period: kernel,
  cpu_rt_runtime: kernel,
  cpu_shares: kernel,
  cpuset: kernel,
  blkio_config: kernel,
  cgroup: kernel,
  cgroup_parent: kernel,
  device_cgroup_rules: kernel,
  storage_opt: kernel,
  credential_spec: kernel,
  isolation: kernel,
  ipc: host,
  pid: host,
  uts: host,
  userns_mode: host,
};

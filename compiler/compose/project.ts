import type { ComposeModel, ComposeProject } from '../model/compose-project.ts';
import { listsBy, narrow } from '../model/narrow.ts';
import type { Config, Host, Platform, Workload } from '../model/platform.ts';
import { recordOf } from '../model/record.ts';
import { secretMounts } from '../model/secret-mounts.ts';
import { gpuShares } from './gpus.ts';
import { projectVolumes } from './mounts.ts';
import { networksOf } from './networks.ts';
import { notesOf } from './notes.ts';
import { serviceOf } from './service.ts';

/** The Compose project of one Docker host, or undefined when nothing runs there but runner pools. */
export function projectOf(platform: Platform, host: Host): ComposeProject | undefined {
  const workloads = platform.workloads.filter((workload) => workload.host === host.id);
  if (host.engine.kind !== 'docker' || workloads.length === 0) return undefined;
  const here = new Set(workloads.map(({ id }) => id));
  const configs = platform.configs.filter((config) => here.has(config.workload));
  return {
    host: host.id,
    folder: `compose/${host.id}`,
    model: modelOf(platform, host, workloads, configs),
    files: recordOf(configs.map((config) => [configFile(config), config.text])),
    origins: recordOf(workloads.map(({ id, origin }) => [id, origin])),
    notes: notesOf(host, workloads),
  };
}

function modelOf(
  platform: Platform,
  host: Host,
  workloads: readonly Workload[],
  configs: readonly Config[],
): ComposeModel {
  const networks = networksOf(platform, workloads);
  const joined = listsBy(networks, ({ members }) => Object.keys(members));
  const seenBy = narrow(platform);
  const gpus = gpuShares(host, workloads);
  const secrets = new Set(workloads.flatMap((workload) => secretMounts(workload).map(({ secret }) => secret)));
  return {
    name: platform.name,
    services: byKey(workloads, (workload) => [
      workload.id,
      serviceOf(seenBy(workload), workload, {
        networks: joined.get(workload.id) ?? [],
        gpus: gpus.get(workload.id),
      }),
    ]),
    networks: byKey(networks, ({ key, network }) => [key, network]),
    volumes: projectVolumes(platform, workloads),
    configs: byKey(configs, (config) => [config.id, { file: configFile(config) }]),
    secrets: byKey([...secrets].sort(), (secret) => [secret, { file: `./secrets/${secret}` }]),
  };
}

/** Relative to the folder of the compose file. */
function configFile(config: Config): string {
  return `./configs/${config.workload}/${config.file}`;
}

function byKey<T, V>(list: readonly T[], entry: (item: T) => readonly [string, V]): Record<string, V> {
  return recordOf(list.map(entry));
}

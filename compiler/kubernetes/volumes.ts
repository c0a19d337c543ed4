import type { Config, Mount, Platform, Volume, Workload } from '../model/platform.ts';
import { secretMounts } from '../model/secret-mounts.ts';
import { hostPathOf } from './host-path.ts';
import { objectName, secretKeyOf } from './names.ts';
import type { ClaimSpec, PodVolume, VolumeMount } from './objects.ts';
import { sizeQuantity } from './quantity.ts';

/** Readable by the user's group, or by all when only the image knows its user. Files belong to root. */
const groupReadable = 0o440;
const allReadable = 0o444;

/** The volumes of a pod and where its container mounts them. Claims made from a template are not among the volumes. */
export interface PodFiles {
  readonly volumes: readonly PodVolume[];
  readonly mounts: readonly VolumeMount[];
}

/**
 * Config and secret files are mounted one by one (`subPath`), so that they lie beside what the image has in the same
 * folder, and beside the API token that Kubernetes mounts below `/run/secrets`.
 */
export function podFiles(platform: Platform, workload: Workload): PodFiles {
  const parts = [
    configFiles(platform, workload),
    secretFiles(platform, workload),
    ...workload.mounts.map((mount, index) => storage(platform, workload, mount, index)),
  ];
  return {
    volumes: parts.flatMap(({ volumes }) => volumes),
    mounts: parts.flatMap(({ mounts }) => mounts).sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1)),
  };
}

const nothing: PodFiles = { volumes: [], mounts: [] };

function configFiles(platform: Platform, workload: Workload): PodFiles {
  const configs = new Map(platform.configs.map((config) => [config.id, config]));
  const name = ownName('config', workload);
  const mounts = workload.mounts.flatMap((mount) => {
    const config = mount.kind === 'config' ? configs.get(mount.config) : undefined;
    if (mount.kind !== 'config' || config === undefined) return [];
    return [{ name, mountPath: mount.path, subPath: config.file, readOnly: true }];
  });
  if (mounts.length === 0) return nothing;
  return { volumes: [{ name, configMap: { name: objectName(platform, workload.id) } }], mounts };
}

function secretFiles(platform: Platform, workload: Workload): PodFiles {
  const secrets = secretMounts(workload);
  if (secrets.length === 0) return nothing;
  const name = ownName('secrets', workload);
  const ids = [...new Set(secrets.map(({ secret }) => secret))].sort();
  const sources = ids.map((id) => {
    const { name, key } = secretKeyOf(platform, id);
    return { secret: { name, items: [{ key, path: id }] } };
  });
  const defaultMode = workload.user === undefined ? allReadable : groupReadable;
  return {
    volumes: [{ name, projected: { defaultMode, sources } }],
    mounts: secrets.map(({ secret, path }) => ({ name, mountPath: path, subPath: secret, readOnly: true })),
  };
}

function storage(platform: Platform, workload: Workload, mount: Mount, index: number): PodFiles {
  if (mount.kind === 'tmpfs') {
    const name = ownName(`tmpfs-${index}`, workload);
    const size = mount.sizeBytes === undefined ? {} : { sizeLimit: sizeQuantity(mount.sizeBytes) };
    const emptyDir = { medium: 'Memory', ...size };
    return { volumes: [{ name, emptyDir }], mounts: [{ name, mountPath: mount.path }] };
  }
  if (mount.kind !== 'volume') return nothing;
  const name = templateName(workload, mount.volume);
  const mounts = [{ name, mountPath: mount.path, ...(mount.readOnly ? { readOnly: true } : {}) }];
  const volume = platform.volumes.find(({ id }) => id === mount.volume);
  if (volume?.hostPath !== undefined) {
    return { volumes: [{ name, hostPath: hostPathOf(volume.hostPath, mount.path) }], mounts };
  }
  if (hasTemplates(workload) && volume?.external === undefined) return { volumes: [], mounts };
  const claimName = volume?.external ?? ownClaim(platform, mount.volume, volume);
  // Who only reads what is another's must not give the files another group, which a claim that is written to would get.
  const reads = mount.readOnly && volume !== undefined && volume.workload !== workload.id;
  return {
    volumes: [{ name, persistentVolumeClaim: { claimName, ...(reads ? { readOnly: true } : {}) } }],
    mounts,
  };
}

/** A StatefulSet names the claims of its first pod itself (`<template>-<set>-0`). */
function ownClaim(platform: Platform, id: string, volume: Volume | undefined): string {
  const owner = platform.workloads.find((workload) => workload.id === volume?.workload);
  if (owner === undefined || !hasTemplates(owner)) return objectName(platform, id);
  return `${templateName(owner, id)}-${objectName(platform, owner.id)}-0`;
}

/** Name of a volume of ours in a pod, where those of the file have the names that the file gives them. */
function ownName(name: string, workload: Workload): string {
  const taken = workload.mounts.flatMap((mount) =>
    mount.kind === 'volume' ? [templateName(workload, mount.volume)] : [],
  );
  return taken.includes(name) ? ownName(`${name}-files`, workload) : name;
}

/** The key of the volume, without the workload that is part of its id: `data` of `forge-data`. */
export function templateName(workload: Workload, volume: string): string {
  const prefix = `${workload.id}-`;
  return volume.startsWith(prefix) ? volume.slice(prefix.length) : volume;
}

/** Whether a workload is a StatefulSet, which makes its claims from templates. A job keeps nothing running. */
export function hasTemplates({ stateful, job }: Workload): boolean {
  return stateful && job === undefined;
}

/** The volumes that a workload mounts, in the order of the platform. */
export function volumesOf(platform: Platform, workload: Workload): readonly Volume[] {
  const mounted = new Set(workload.mounts.flatMap((mount) => (mount.kind === 'volume' ? [mount.volume] : [])));
  return platform.volumes.filter((volume) => mounted.has(volume.id));
}

/** Those among them that are claims of its own: neither a folder of the node nor a claim that is there already. */
export function claimsOf(platform: Platform, workload: Workload): readonly Volume[] {
  return volumesOf(platform, workload).filter(
    ({ external, hostPath }) => external === undefined && hostPath === undefined,
  );
}

export function configsOf(platform: Platform, workload: Workload): readonly Config[] {
  return platform.configs.filter((config) => config.workload === workload.id);
}

/** One writer on one node; the class of the file, or else the cluster's default. */
export function claimSpec(platform: Platform, volume: Volume): ClaimSpec {
  const { storageClass } = platform.cluster;
  return {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: sizeQuantity(volume.sizeBytes) } },
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
  };
}

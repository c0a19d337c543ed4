import { changedKeys, isSame, listed } from './pairs.ts';

/** A Kubernetes object as its file has it. */
export interface KubernetesFile {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly roleRef?: unknown;
}

/** A change that the API server refuses, and what makes it possible. */
export interface Refusal {
  readonly what: string;
  readonly steps: readonly string[];
}

/** What of a StatefulSet may change (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/). */
const changeableOfSet: readonly string[] = [
  'minReadySeconds',
  'ordinals',
  'persistentVolumeClaimRetentionPolicy',
  'replicas',
  'revisionHistoryLimit',
  'template',
  'updateStrategy',
];

/** What of a Job may not change (https://kubernetes.io/docs/concepts/workloads/controllers/job/). */
const fixedOfJob: readonly string[] = ['completionMode', 'completions', 'podFailurePolicy', 'selector', 'template'];

/** What the API server refuses about a change of one object. Both sides are the same kind and name. */
export function refusalsOf(before: KubernetesFile, after: KubernetesFile): readonly Refusal[] {
  const { kind, metadata } = after;
  const [old, now] = [before.spec ?? {}, after.spec ?? {}];
  const keys = changedKeys(old, now);
  switch (kind) {
    case 'StatefulSet':
      return setRefusals(
        keys.filter((key) => !changeableOfSet.includes(key)),
        old,
        now,
        metadata,
      );
    case 'Deployment':
      return keys.includes('selector')
        ? [{ what: 'its selector cannot be changed', steps: [kubectl(metadata, `delete deployment ${metadata.name}`)] }]
        : [];
    case 'Job': {
      const fixed = keys.filter((key) => fixedOfJob.includes(key));
      if (fixed.length === 0) return [];
      const steps = [kubectl(metadata, `delete job ${metadata.name}`)];
      return [
        { what: `${listed(fixed)} of a Job cannot be changed; Argo CD and Flux make it anew by themselves`, steps },
      ];
    }
    case 'PersistentVolumeClaim':
      return claimRefusals(old, now, metadata);
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return isSame(before.roleRef, after.roleRef)
        ? []
        : [
            {
              what: 'its role cannot be changed',
              steps: [kubectl(metadata, `delete ${kind.toLowerCase()} ${metadata.name}`)],
            },
          ];
    case 'Service':
      return (old.clusterIP === 'None') === (now.clusterIP === 'None')
        ? []
        : [
            {
              what: 'its cluster address cannot be changed',
              steps: [kubectl(metadata, `delete service ${metadata.name}`)],
            },
          ];
    default:
      return [];
  }
}

type Spec = Readonly<Record<string, unknown>>;
type Metadata = KubernetesFile['metadata'];

/** The set goes without its pods and claims, and the new one takes them over. */
function setRefusals(fixed: readonly string[], before: Spec, after: Spec, metadata: Metadata): readonly Refusal[] {
  if (fixed.length === 0) return [];
  const remake = kubectl(metadata, `delete statefulset ${metadata.name} --cascade=orphan`);
  const [old, now] = [templatesOf(before), templatesOf(after)];
  const sizes = now.flatMap(({ name, size }) => {
    const was = old.find((each) => each.name === name)?.size;
    return was === undefined || was === size ? [] : [{ name, was, size }];
  });
  const shrunk = sizes.filter(({ was, size }) => bytesOf(size) < bytesOf(was));
  if (shrunk.length > 0) return shrunk.map(({ name, was, size }) => smaller(`${name}-${metadata.name}-0`, was, size));
  const grow = sizes.map(({ name, size }) =>
    kubectl(
      metadata,
      `patch pvc ${name}-${metadata.name}-0 -p '{"spec":{"resources":{"requests":{"storage":"${size}"}}}}'`,
    ),
  );
  return [{ what: `${listed(fixed)} of a StatefulSet cannot be changed`, steps: [...grow, remake] }];
}

interface Template {
  readonly name: string;
  readonly size: string;
}

function templatesOf({ volumeClaimTemplates = [] }: Spec): readonly Template[] {
  const templates = volumeClaimTemplates as readonly {
    readonly metadata: { readonly name: string };
    readonly spec: Spec;
  }[];
  return templates.map(({ metadata, spec }) => ({ name: metadata.name, size: storageOf(spec) }));
}

function storageOf(spec: Spec): string {
  const { requests } = (spec.resources ?? {}) as { readonly requests?: { readonly storage?: string } };
  return String(requests?.storage ?? '0');
}

/** A claim can grow, where its storage class allows it, and nothing else. */
function claimRefusals(before: Spec, after: Spec, metadata: Metadata): readonly Refusal[] {
  const [was, size] = [storageOf(before), storageOf(after)];
  const fixed = changedKeys(before, after).filter((key) => key !== 'resources');
  const { name } = metadata;
  return [
    ...(bytesOf(size) < bytesOf(was) ? [smaller(name, was, size)] : []),
    ...(fixed.length === 0
      ? []
      : [
          {
            what: `${listed(fixed)} of claim ${name} cannot be changed`,
            steps: [`make a volume under another key, copy the data of claim ${name}, then take the old key out`],
          },
        ]),
  ];
}

function smaller(claim: string, was: string, size: string): Refusal {
  return {
    what: `claim ${claim} cannot become smaller (${was} → ${size})`,
    steps: [`leave the size at ${was}, or copy the data of claim ${claim} to a volume under another key`],
  };
}

const units: Readonly<Record<string, number>> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

function bytesOf(quantity: string): number {
  const [, digits = '0', unit = ''] = /^(\d+)([KMGT]i)?$/.exec(quantity) ?? [];
  return Number(digits) * (units[unit] ?? 1);
}

function kubectl({ namespace }: Metadata, rest: string): string {
  return `kubectl ${namespace === undefined ? '' : `--namespace ${namespace} `}${rest}`;
}

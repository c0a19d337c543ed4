import type { Finding } from '../../schema/diagnostic.ts';
import type { Judge } from '../model/conform.ts';
import { narrow } from '../model/narrow.ts';
import type { Platform, Workload } from '../model/platform.ts';
import type { Manifest, Rendered, Target } from '../model/target.ts';
import { type YamlWriter, yamlText, yamlWriter } from '../model/yaml-text.ts';
import { checkObjects, identityOf } from './check.ts';
import { judgeFor } from './check-schema.ts';
import { sharedNames } from './findings.ts';
import { lossesOf } from './losses.ts';
import { namespaceObject } from './namespace.ts';
import type { Placed } from './objects.ts';
import { inApplyOrder } from './order.ts';
import { platformPolicies } from './policies.ts';
import { routeObjects } from './routes.ts';
import { type ManifestJson, synthesizer, yamlOf } from './synth.ts';
import { workloadObjects } from './workload.ts';

/** First line of every rendered file. It says nothing that changes from run to run. */
const comment = 'Rendered by AutoGit from autogit.yaml. Change that file and compile again; edits here are refused.';

/**
 * Renders one file for each Kubernetes object, `kubernetes/<workload>/<kind>-<name>.yaml`, and a `kustomization.yaml`
 * that lists them in apply order. Runner pools render nothing: their runners are made from the load.
 */
export const target: Target = {
  name: 'kubernetes',
  render: async (platform) => renderKubernetes(platform),
};

async function renderKubernetes(platform: Platform): Promise<Rendered> {
  const seenBy = narrow(platform);
  const placed = inApplyOrder([...objectsOf(platform, seenBy), ...(await gpuObjects(platform))]);
  const shared = sharedNames(placed);
  if (shared.length > 0) return { manifests: [], findings: shared };
  checkObjects(placed);
  const judge = await judgeFor(platform.cluster, platform.certificates !== undefined);
  const { manifests, findings } = await manifestsOf(placed, platform, judge);
  return {
    manifests: [...manifests, kustomization(manifests)],
    findings: [...lossesOf(platform, seenBy), ...findings],
  };
}

/** Most files patch nothing: then nothing is loaded for it, and each object is gone when its text is there. */
async function manifestsOf(
  placed: readonly Placed[],
  platform: Platform,
  judge: Judge,
): Promise<{ readonly manifests: readonly Manifest[]; readonly findings: readonly Finding[] }> {
  const json = synthesizer(judge);
  const text = yamlWriter();
  if ((platform.patches ?? []).length === 0) {
    return { manifests: placed.map((entry) => manifestOf(entry, json(entry), text)), findings: [] };
  }
  const { patchObjects } = await import('./patches.ts');
  const { objects, findings } = await patchObjects(placed.map(json), platform, judge);
  return { manifests: placed.map((entry, at) => manifestOf(entry, objects[at] as ManifestJson, text)), findings };
}

/** Most platforms have no GPUs in their cluster. */
async function gpuObjects(platform: Platform): Promise<readonly Placed[]> {
  if (platform.cluster.gpus === undefined) return [];
  return (await import('./gpu-plugins.ts')).gpuPluginObjects(platform, platform.cluster.gpus);
}

function objectsOf(platform: Platform, seenBy: (workload: Workload) => Platform): readonly Placed[] {
  return [
    namespaceObject(platform),
    ...platformPolicies(platform),
    ...platform.workloads.flatMap((workload) => workloadObjects(seenBy(workload), workload)),
    ...routeObjects(platform),
  ];
}

function manifestOf({ object, workload, origin }: Placed, json: ManifestJson, text: YamlWriter): Manifest {
  const { kind, metadata } = object;
  const folder = workload === undefined ? 'kubernetes' : `kubernetes/${workload}`;
  return {
    id: identityOf(object),
    kind,
    path: `${folder}/${kind.toLowerCase()}-${metadata.name}.yaml`,
    text: text(yamlOf(json), { comment, first: ['apiVersion', 'kind', 'metadata'] }),
    origin,
  };
}

function kustomization(manifests: readonly Manifest[]): Manifest {
  const path = 'kubernetes/kustomization.yaml';
  const resources = manifests.map((manifest) => manifest.path.slice('kubernetes/'.length));
  const body = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources,
    sortOptions: { order: 'fifo' },
  };
  return {
    id: path,
    kind: 'Kustomization',
    path,
    text: yamlText(body, { comment, first: ['apiVersion', 'kind'] }),
    origin: '',
  };
}

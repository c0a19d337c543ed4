import type { Finding } from '../../schema/diagnostic.ts';
import type { Judge } from '../model/conform.ts';
import { narrow } from '../model/narrow.ts';
import type { Platform, Workload } from '../model/platform.ts';
import type { Manifest, Rendered, Target } from '../model/target.ts';
import { type YamlWriter, yamlText, yamlWriter } from '../model/yaml-text.ts';
import { checkObject, identityOf } from './check.ts';
import { judgeFor } from './check-schema.ts';
import { sharedNames } from './findings.ts';
import { acceptedLosses, lossesOf } from './losses.ts';
import { namespaceObject } from './namespace.ts';
import type { Named, Placed } from './objects.ts';
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
  const judge = await judgeFor(platform.cluster, platform.certificates !== undefined);
  const { written, findings } = await writtenObjects(
    objectsOf(platform, seenBy, await gpuObjects(platform)),
    platform,
    judge,
  );
  const shared = sharedNames(written);
  if (shared.length > 0) return { manifests: [], findings: shared };
  const manifests = inApplyOrder(written).map(({ manifest }) => manifest);
  const accepted = acceptedLosses(platform, seenBy);
  return {
    manifests: [...manifests, kustomization(manifests)],
    findings: [...lossesOf(platform, seenBy), ...findings],
    ...(accepted.length === 0 ? {} : { accepted }),
  };
}

/** An object that has become text. Its body is gone: many objects at once are most of the memory of a compile. */
interface Written extends Named {
  readonly manifest: Manifest;
}

/** Most files patch nothing: then nothing is loaded for it, and each object is gone when its text is there. */
async function writtenObjects(
  objects: Iterable<Placed>,
  platform: Platform,
  judge: Judge,
): Promise<{ readonly written: readonly Written[]; readonly findings: readonly Finding[] }> {
  const json = synthesizer(judge);
  const text = yamlWriter();
  const written: Written[] = [];
  if ((platform.patches ?? []).length === 0) {
    for (const placed of objects) written.push(writtenOf(placed, json(placed), text));
    return { written, findings: [] };
  }
  const { patchObjects } = await import('./patches.ts');
  const all = inApplyOrder([...objects]);
  const patched = patchObjects(all.map(json), platform, judge);
  for (const [at, placed] of all.entries()) written.push(writtenOf(placed, patched.objects[at] as ManifestJson, text));
  return { written, findings: patched.findings };
}

/** Most platforms have no GPUs in their cluster. */
async function gpuObjects(platform: Platform): Promise<readonly Placed[]> {
  if (platform.cluster.gpus === undefined) return [];
  return (await import('./gpu-plugins.ts')).gpuPluginObjects(platform, platform.cluster.gpus);
}

function* objectsOf(
  platform: Platform,
  seenBy: (workload: Workload) => Platform,
  ofGpus: readonly Placed[],
): Iterable<Placed> {
  yield namespaceObject(platform);
  yield* platformPolicies(platform);
  for (const workload of platform.workloads) yield* workloadObjects(seenBy(workload), workload);
  yield* routeObjects(platform);
  yield* ofGpus;
}

function writtenOf({ object, workload, origin }: Placed, json: ManifestJson, text: YamlWriter): Written {
  checkObject(object);
  const { kind, metadata } = object;
  const folder = workload === undefined ? 'kubernetes' : `kubernetes/${workload}`;
  const manifest = {
    id: identityOf(object),
    kind,
    path: `${folder}/${kind.toLowerCase()}-${metadata.name}.yaml`,
    text: text(yamlOf(json), { comment, first: ['apiVersion', 'kind', 'metadata'] }),
    origin,
  };
  return { object: { kind, metadata }, origin, manifest };
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

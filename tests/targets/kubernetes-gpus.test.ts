/** GPUs of a cluster: what offers them to pods, what asks for them, and what a file cannot ask for. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { target } from '../../compiler/kubernetes/target.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { compileWith, digest, pinned } from '../lock/platform.ts';
import { clusterGpus, withGpus } from './kubernetes-platforms.ts';

// biome-ignore lint/suspicious/noExplicitAny: rendered files are read as the YAML that they are.
type Yaml = any;

async function filesOf(given: Platform): Promise<Readonly<Record<string, Yaml>>> {
  const { manifests, findings } = await target.render(given);
  expect(findings).toEqual([]);
  return Object.fromEntries(manifests.map(({ path, text }) => [path.slice('kubernetes/'.length), parse(text)]));
}

const files = await filesOf(withGpus());
const plugin = (vendor: string) => files[`daemonset-lab-gpu-${vendor}.yaml`].spec.template.spec;
const service = (id: string) => files[`${id}/deployment-lab-${id}.yaml`].spec.template.spec;

describe('a device plugin', () => {
  it('runs in a namespace of its own, which names why it allows more, and from which nothing is reached', () => {
    const { metadata } = files['namespace-lab-gpus.yaml'];
    expect(metadata.labels['pod-security.kubernetes.io/enforce']).toBe('privileged');
    expect(metadata.annotations['autogit.dev/pod-security']).toMatch(/^privileged: .*\/var\/lib\/kubelet/);
    expect(files['namespace-lab.yaml'].metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
    const policy = files['networkpolicy-gpus-default-deny.yaml'];
    expect(policy.metadata.namespace).toBe('lab-gpus');
    expect(policy.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('is on each node that it is made for and that the file says, whatever keeps other pods away', () => {
    expect(plugin('amd').nodeSelector).toEqual({ 'kubernetes.io/arch': 'amd64', 'kubernetes.io/os': 'linux' });
    expect(plugin('intel').nodeSelector).toEqual({
      'autogit.dev/gpu': 'intel',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/os': 'linux',
    });
    expect(plugin('intel').tolerations).toEqual([
      { key: 'gpu.intel.com/xe', operator: 'Exists', effect: 'NoSchedule' },
    ]);
  });

  it('has no privilege but the folders of its node', () => {
    for (const vendor of ['amd', 'intel', 'nvidia']) {
      const { containers, automountServiceAccountToken } = plugin(vendor);
      expect(automountServiceAccountToken).toBe(false);
      expect(containers[0].securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('lets containers share a GPU in the way of its vendor', () => {
    expect(plugin('intel').containers[0].args).toEqual(['-shared-dev-num=3']);
    const { data } = files['configmap-lab-gpu-nvidia.yaml'];
    expect(parse(data['config.yaml'])).toEqual({
      version: 'v1',
      sharing: {
        timeSlicing: { failRequestsGreaterThanOne: true, resources: [{ name: 'nvidia.com/gpu', replicas: 4 }] },
      },
    });
    const [container] = plugin('nvidia').containers;
    expect(container.env).toContainEqual({ name: 'CONFIG_FILE', value: '/etc/device-plugin/config.yaml' });
    expect(container.volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/device-plugin', readOnly: true });
  });

  it('starts anew when its configuration changes', async () => {
    const more = clusterGpus.map((gpus) => ({ ...gpus, ...(gpus.share === undefined ? {} : { share: 8 }) }));
    const other = await filesOf(withGpus({ gpus: more }));
    const annotationsOf = (of: typeof files) =>
      of['daemonset-lab-gpu-nvidia.yaml'].spec.template.metadata.annotations['autogit.dev/config-digest'];
    expect(annotationsOf(other)).not.toBe(annotationsOf(files));
  });

  it('is not there where the cluster has one, and neither is its namespace', async () => {
    const own = clusterGpus.map(({ image: _, ...gpus }) => gpus);
    const other = await filesOf(withGpus({ gpus: own }));
    expect(Object.keys(other).filter((path) => /daemonset|lab-gpu/.test(path))).toEqual([]);
    expect(other['runtimeclass-lab-nvidia.yaml'].handler).toBe('nvidia');
    expect(other['intel/deployment-lab-intel.yaml'].spec.template.spec.containers[0].resources.limits).toMatchObject({
      'gpu.intel.com/xe': '1',
    });
  });
});

describe('a service', () => {
  it('with a GPU asks for the resource of its driver, in the runtime that lets it in', () => {
    expect(service('intel').containers[0].resources.limits['gpu.intel.com/xe']).toBe('1');
    expect(service('nvidia').runtimeClassName).toBe('lab-nvidia');
    expect(plugin('nvidia').runtimeClassName).toBe('lab-nvidia');
    expect(files['runtimeclass-lab-nvidia.yaml'].handler).toBe('nvidia');
    expect(service('amd').runtimeClassName).toBeUndefined();
  });

  it('without one sees none, where the runtime of GPUs is that of all pods', async () => {
    const hidden = { name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' };
    const gpus = clusterGpus.map(({ runtime: _, ...rest }) => rest);
    const other = await filesOf(withGpus({ gpus }));
    const envOf = (of: typeof files, id: string) =>
      of[`${id}/deployment-lab-${id}.yaml`].spec.template.spec.containers[0].env;
    expect(envOf(other, 'web')).toEqual([hidden]);
    expect(envOf(other, 'nvidia')).toBeUndefined();
    expect(envOf(files, 'web')).toBeUndefined();
  });
});

describe('a file', () => {
  const text = (cluster: string, gpu: string, more = '') =>
    `name: lab\ndomain: lab.lan\ntarget: kubernetes\ncluster: { gpus: ${cluster} }\nservices:\n  model: { image: "model:1", user: "1:1", gpu: ${gpu} }\n${more}`;
  const said = async (...parts: Parameters<typeof text>) => {
    const bytes = Buffer.from(text(...parts));
    const { diagnostics } = await compile({ file: 'autogit.yaml', bytes, catalog, targets });
    return diagnostics.map(({ code, range, message }) => `${range.start.line} ${code}: ${message}`);
  };

  it('says of a GPU that no node has', async () => {
    expect(await said('{ amd: {} }', '{ vendor: nvidia }')).toEqual([
      "6 AG533: 'model' asks for GPUs of nvidia, but the cluster has those of amd",
    ]);
    expect(await said('{ nvidia: { memory: 16Gi } }', '{ vendor: nvidia, memory: 24Gi }')).toEqual([
      "6 AG533: 'model' asks for GPUs with 24Gi, but those of the cluster have 16Gi",
    ]);
    expect(await said('{ nvidia: { share: 2 } }', '{ vendor: nvidia, count: 2 }')).toEqual([
      expect.stringMatching(/^6 AG534: 'model' asks for 2 GPUs, but 2 containers share each/),
    ]);
    expect(await said('{ amd: { share: 2 } }', '{ vendor: amd }')).toEqual([
      expect.stringMatching(/^4 AG20\d: .*share/),
    ]);
    expect(await said('{ amd: { nodes: { "a b": c } } }', '{ vendor: amd }')).toEqual([
      expect.stringMatching(/^4 AG206/),
    ]);
  });

  it('that tells the memory of all GPUs needs no label of the nodes for it', async () => {
    const gpu = '{ vendor: amd, memory: 16Gi }';
    expect(await said('{ amd: { memory: 16Gi } }', gpu)).toEqual([]);
    expect(await said('{ amd: {} }', gpu)).toEqual([expect.stringMatching(/^6 AG526/)]);
  });

  it('has the device plugins in its lock', async () => {
    const file = text('{ amd: {}, intel: { plugin: false } }', '{ vendor: amd }');
    const image = 'rocm/k8s-device-plugin:1.31.0.10';
    const lock = { 'model:1': pinned('a', 'amd64') };
    const { diagnostics } = await compileWith(file, { images: lock });
    expect(diagnostics.map(({ message, range }) => `${range.start.line} ${message}`)).toEqual([
      `4 image ${image} is not in autogit.lock`,
    ]);
    const { rendered } = await compileWith(file, { images: { ...lock, [image]: pinned('b', 'amd64') } });
    expect(rendered?.manifests.find(({ kind }) => kind === 'DaemonSet')?.text).toContain(`${image}@${digest('b')}`);
  });
});

import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

// biome-ignore lint/suspicious/noExplicitAny: rendered files are read as the YAML that they are.
type Yaml = any;

const text = 'name: home\ndomain: home.lan\nmonitoring: prometheus\n';

async function compiled(target: 'compose' | 'kubernetes') {
  const given = { file: 'autogit.yaml', bytes: Buffer.from(text), catalog, targets, target };
  const { platform, rendered, diagnostics } = await compile(given);
  expect(diagnostics).toEqual([]);
  const config = parse(platform?.configs.find(({ id }) => id === 'monitoring-config')?.text ?? '') as Yaml;
  const files = (rendered?.manifests ?? []).filter(({ path }) => path.includes('monitoring-machine/'));
  return {
    job: config.scrape_configs.find((each: Yaml) => each.job_name === 'monitoring-machine'),
    objects: files.map((file) => parse(file.text) as Yaml),
  };
}

it('looks at every node of a cluster, also at those that take no other pods, and at each by itself', async () => {
  const { job, objects } = await compiled('kubernetes');
  const of = (kind: string) => objects.find((each) => each.kind === kind);
  expect(objects.map(({ kind }) => kind).sort()).toEqual(['DaemonSet', 'NetworkPolicy', 'Service', 'ServiceAccount']);
  const { spec, metadata } = of('DaemonSet');
  expect(spec).not.toHaveProperty('replicas');
  expect(spec.template.spec.tolerations).toEqual([{ effect: 'NoSchedule', operator: 'Exists' }]);
  // Each pod has an address of its own under the name, also one that does not answer, which is what an alert is about.
  const service = of('Service');
  expect(service.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  expect(service.spec.selector).toEqual(spec.selector.matchLabels);
  expect(metadata.namespace).toBe(service.metadata.namespace);
  const [{ port }] = service.spec.ports;
  expect(job).toEqual({
    job_name: 'monitoring-machine',
    metrics_path: '/metrics',
    dns_sd_configs: ['A', 'AAAA'].map((type) => ({ names: [service.metadata.name], type, port })),
  });
});

it('looks at the one machine of a Docker host under the id of the part', async () => {
  const { job } = await compiled('compose');
  expect(job.static_configs).toEqual([
    { targets: ['home-monitoring-machine:9100'], labels: { instance: 'monitoring-machine' } },
  ]);
});

/**
 * What an API server lets nobody change once an object is there. A change here would mean that every cluster in use has to
 * delete its sets, and with some of them its data, to take an upgrade: these tests are never adapted.
 */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { target } from '../../compiler/kubernetes/target.ts';
import type { Platform, Workload } from '../../compiler/model/platform.ts';
import { everything } from './kubernetes-platforms.ts';
import { home } from './platforms.ts';

// biome-ignore lint/suspicious/noExplicitAny: rendered files are read as the YAML that they are.
type Yaml = any;

async function identities(given: Platform): Promise<Readonly<Record<string, unknown>>> {
  const { manifests } = await target.render(given);
  const objects: readonly Yaml[] = manifests.map(({ text }) => parse(text));
  return Object.fromEntries(
    objects.flatMap(({ kind, metadata, spec }) => {
      if (kind === 'Deployment') return [[metadata.name, { selector: spec.selector }]];
      if (kind !== 'StatefulSet') return [];
      const { selector, serviceName, volumeClaimTemplates, podManagementPolicy } = spec;
      return [[metadata.name, { selector, serviceName, volumeClaimTemplates, podManagementPolicy }]];
    }),
  );
}

const selector = (component: string) => ({
  matchLabels: { 'app.kubernetes.io/component': component, 'app.kubernetes.io/instance': 'home' },
});

it('selectors of Deployments, and selectors, service names and claims of StatefulSets', async () => {
  const claim = (component: string, storage: string) => [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', labels: selector(component).matchLabels },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    },
  ];
  const set = (component: string, storage: string) => ({
    selector: selector(component),
    serviceName: `home-${component}`,
    volumeClaimTemplates: claim(component, storage),
    podManagementPolicy: undefined,
  });
  expect(await identities(home())).toEqual({
    'home-database': set('database', '10Gi'),
    'home-forge': set('forge', '20Gi'),
    'home-ingress': { selector: selector('ingress') },
    'home-wiki': { selector: selector('wiki') },
  });
  expect((await identities(everything()))['home-search']).toEqual(set('search', '1Gi'));
});

it('stay what they are, whatever else of a workload and its cluster changes', async () => {
  const changed = (workload: Workload): Workload => ({
    ...workload,
    component: workload.component === 'forgejo' ? 'gitea' : workload.component,
    image: 'example.org/other:2',
    replicas: 3,
    environment: [],
    aliases: ['another'.concat('-', workload.id)],
    hostNetwork: true,
    user: { uid: 7, gid: 7 },
    stopGraceMs: 1,
    limits: { cpus: 2, memoryBytes: 2 ** 31 },
  });
  for (const given of [home(), everything()]) {
    const other: Platform = {
      ...given,
      workloads: given.workloads.map(changed),
      cluster: { ...given.cluster, version: '1.37', routes: 'gateway', podSecurity: 'privileged' },
      routes: [],
    };
    expect(await identities(other)).toEqual(await identities(given));
  }
});

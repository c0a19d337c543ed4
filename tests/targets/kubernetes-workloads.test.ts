/** What each thing that a file can ask for does at run time on Kubernetes, read from the objects. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { scheduleOf } from '../../compiler/kubernetes/job.ts';
import { target } from '../../compiler/kubernetes/target.ts';
import type { Platform, Workload } from '../../compiler/model/platform.ts';
import { everything, losses, web } from './kubernetes-platforms.ts';
import { platform, workload } from './platforms.ts';

// biome-ignore lint/suspicious/noExplicitAny: rendered files are read as the YAML that they are.
type Yaml = any;

async function filesOf(given: Platform): Promise<Readonly<Record<string, Yaml>>> {
  const { manifests } = await target.render(given);
  return Object.fromEntries(manifests.map(({ path, text }) => [path.slice('kubernetes/'.length), parse(text)]));
}

const all = await filesOf(everything());
const pod = (path: string): Yaml => all[path].spec.template.spec;
const alone = async (parts: Partial<Workload>, rest: Partial<Platform> = {}) =>
  filesOf(platform({ workloads: [workload('web', parts)], ...rest }));

describe('a job that runs once', () => {
  const { metadata, spec } = all['migrate/job-home-migrate.yaml'];

  it('is tried as often as the file says, each time in a pod of its own with its own time', () => {
    expect(spec.backoffLimit).toBe(2);
    expect(spec.template.spec).toMatchObject({ restartPolicy: 'Never', activeDeadlineSeconds: 3600 });
    expect(spec.activeDeadlineSeconds).toBe(3 * 3600 + 10 + 20);
  });

  it('loses no try to a node that is drained', () => {
    expect(spec.podFailurePolicy.rules).toEqual([
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    ]);
  });

  it('is made anew by Argo CD and Flux when it changes, because its template is immutable', () => {
    expect(metadata.annotations).toMatchObject({
      'argocd.argoproj.io/sync-options': 'Force=true,Replace=true',
      'kustomize.toolkit.fluxcd.io/force': 'enabled',
    });
  });

  it('is applied before what waits for its end', () => {
    const order: readonly string[] = all['kustomization.yaml'].resources;
    expect(order.indexOf('migrate/job-home-migrate.yaml')).toBeLessThan(order.indexOf('web/deployment-home-web.yaml'));
  });

  it('has no probe that would kill it, and no budget', async () => {
    const health = web().health as NonNullable<Workload['health']>;
    const job = { origin: '', at: { kind: 'once' as const }, timeoutMs: 1000, retries: 0 };
    const files = await alone({ health, job, replicas: 2 });
    const { spec } = files['web/job-home-web.yaml'];
    expect(Object.keys(spec.template.spec.containers[0]).filter((key) => key.endsWith('Probe'))).toEqual([
      'readinessProbe',
    ]);
    expect([spec.completions, spec.parallelism]).toEqual([2, 2]);
    expect(Object.keys(files).filter((path) => path.includes('poddisruptionbudget'))).toEqual([]);
  });
});

describe('a job at its times', () => {
  const { spec } = all['report/cronjob-home-report.yaml'];

  it('begins in its time zone, never twice at once, and not long after its time', () => {
    expect(spec).toMatchObject({
      schedule: '0 3 * * 0,5,6',
      timeZone: 'Europe/Madrid',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
    });
    expect(spec.jobTemplate.spec.backoffLimit).toBe(0);
    expect(spec.jobTemplate.spec.template.spec.activeDeadlineSeconds).toBe(90);
  });

  it('has one claim that all its runs share', () => {
    expect(spec.jobTemplate.spec.template.spec.volumes).toEqual([
      { name: 'out', persistentVolumeClaim: { claimName: 'home-report-out' } },
    ]);
    expect(all['report/persistentvolumeclaim-home-report-out.yaml']).toBeDefined();
  });

  it.each([
    ['0 3 * * 7', '0 3 * * 0'],
    ['0 3 * * 1-7', '0 3 * * 0,1,2,3,4,5,6'],
    ['0 3 * * 1-7/2', '0 3 * * 0,1,3,5'],
    ['0 3 * * 1,7', '0 3 * * 1,0'],
    ['*/5 * 1-7 7 MON-FRI', '*/5 * 1-7 7 MON-FRI'],
  ])('%s is %s for Kubernetes, whose week has no seventh day', (fields, expected) => {
    expect(scheduleOf(fields)).toBe(expected);
  });
});

describe('waiting', () => {
  const [gate, ...others] = pod('web/deployment-home-web.yaml').initContainers;

  it('for a job asks the API until it ended well', () => {
    expect(gate.image).toBe('registry.k8s.io/kubectl:v1.36.3');
    expect(gate.args).toEqual([
      ...['wait', '--for=create', '--for=condition=complete', '--timeout=-1s'],
      ...['--namespace=home', 'job/home-migrate'],
    ]);
  });

  it('for a job may read that job and nothing else, and the program itself has no token', () => {
    expect(all['web/role-home-web.yaml'].rules).toEqual([
      { apiGroups: ['batch'], resources: ['jobs'], resourceNames: ['home-migrate'], verbs: ['get', 'list', 'watch'] },
    ]);
    const { automountServiceAccountToken, containers } = pod('web/deployment-home-web.yaml');
    expect(automountServiceAccountToken).toBe(false);
    expect(JSON.stringify(containers)).not.toContain('api-token');
  });

  it('for a job opens no address of the Internet', () => {
    const { egress } = all['web/networkpolicy-home-web.yaml'].spec;
    const blocks = egress.flatMap(({ to = [] }: Yaml) => to.map(({ ipBlock }: Yaml) => ipBlock?.cidr));
    expect(blocks).toContain('192.168.0.0/16');
    expect(blocks).not.toContain('0.0.0.0/0');
    expect(egress.every(({ to }: Yaml) => to !== undefined)).toBe(true);
  });

  it('does not ask a service that must only be started whether it is healthy', () => {
    expect(others).toEqual([]);
  });

  it('for health asks the port, which a Service opens when a pod is ready', () => {
    const [wait] = pod('migrate/job-home-migrate.yaml').initContainers;
    expect(wait.command.at(-1)).toBe('until nc -z -w 2 home-search 9200; do sleep 1; done');
  });
});

describe('several copies', () => {
  it('go to different zones and nodes where there are some, counted by revision', () => {
    const { topologySpreadConstraints } = pod('web/deployment-home-web.yaml');
    expect(
      topologySpreadConstraints.map(({ topologyKey, whenUnsatisfiable, matchLabelKeys }: Yaml) => [
        topologyKey,
        whenUnsatisfiable,
        matchLabelKeys,
      ]),
    ).toEqual([
      ['topology.kubernetes.io/zone', 'ScheduleAnyway', ['pod-template-hash']],
      ['kubernetes.io/hostname', 'ScheduleAnyway', ['pod-template-hash']],
    ]);
  });

  it('are drained one at a time, and one that is broken anyway does not hold a drain up', () => {
    expect(all['web/poddisruptionbudget-home-web.yaml'].spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  it('of a stateful service have claims of their own', () => {
    const { spec } = all['queue/statefulset-home-queue.yaml'];
    expect(spec.replicas).toBe(2);
    expect(spec.volumeClaimTemplates.map(({ metadata }: Yaml) => metadata.name)).toEqual(['data']);
  });

  it('is not what one copy is: nothing is spread and nothing blocks a drain', async () => {
    const files = await alone({});
    expect(files['web/deployment-home-web.yaml'].spec.template.spec.topologySpreadConstraints).toBeUndefined();
    expect(files['web/poddisruptionbudget-home-web.yaml']).toBeUndefined();
  });
});

describe('a GPU', () => {
  const { strategy, template } = all['model/deployment-home-model.yaml'].spec;

  it('is a whole number of the resource of its vendor, requested as limited', () => {
    const { requests, limits } = template.spec.containers[0].resources;
    expect([requests['nvidia.com/gpu'], limits['nvidia.com/gpu']]).toEqual(['2', '2']);
  });

  it('with enough memory is found by the label of the feature discovery', () => {
    const [term] = template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(term.matchExpressions).toEqual([{ key: 'nvidia.com/gpu.memory', operator: 'Gt', values: ['16383'] }]);
    expect(template.spec.tolerations).toEqual([{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }]);
  });

  it('is given back before the new pod asks for it', () => {
    expect(strategy).toEqual({ type: 'Recreate' });
  });

  it.each([
    ['amd', 'amd.com/gpu'],
    ['intel', 'gpu.intel.com/i915'],
  ] as const)('of %s is called %s, and nodes do not say how much memory it has', async (vendor, resource) => {
    const gpu = { origin: '/services/web/gpu', vendor, count: 1, memoryBytes: 2 ** 30 };
    const given = platform({ workloads: [workload('web', { gpu })] });
    const { findings } = await target.render(given);
    expect(findings.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(['AG526 /services/web/gpu/memory']);
    const { spec } = (await filesOf(given))['web/deployment-home-web.yaml'].spec.template;
    expect(spec.containers[0].resources.limits[resource]).toBe('1');
    expect(spec.affinity).toBeUndefined();
  });
});

describe('files', () => {
  const [container] = pod('web/deployment-home-web.yaml').containers;
  const mountAt = (path: string) => container.volumeMounts.find(({ mountPath }: Yaml) => mountPath === path);

  it('of secrets land exactly where the file says: two in one folder, one beside a config', () => {
    expect(mountAt('/etc/app/tls/key.pem')).toEqual({
      name: 'secrets',
      mountPath: '/etc/app/tls/key.pem',
      subPath: 'web-key',
      readOnly: true,
    });
    expect(mountAt('/etc/app/tls/cert.pem').subPath).toBe('web-cert');
    expect(mountAt('/etc/app/token').subPath).toBe('web-token');
    expect(mountAt('/etc/app/app.conf')).toMatchObject({ name: 'config', subPath: 'app.conf' });
  });

  it('of a secret that something else keeps come from its own Secret and key', () => {
    const { sources } = pod('web/deployment-home-web.yaml').volumes.find(
      ({ name }: Yaml) => name === 'secrets',
    ).projected;
    expect(sources).toEqual([
      { secret: { name: 'home-web-cert', items: [{ key: 'value', path: 'web-cert' }] } },
      { secret: { name: 'home-web-key', items: [{ key: 'value', path: 'web-key' }] } },
      { secret: { name: 'smtp', items: [{ key: 'password', path: 'web-token' }] } },
    ]);
    const smtp = container.env.find(({ name }: Yaml) => name === 'SMTP');
    expect(smtp.valueFrom.secretKeyRef).toEqual({ name: 'smtp', key: 'password' });
  });

  it('of a volume that is there already stay where they are: no claim is made', () => {
    const set = all['search/statefulset-home-search.yaml'].spec;
    expect(set.volumeClaimTemplates.map(({ metadata }: Yaml) => metadata.name)).toEqual(['data']);
    expect(set.template.spec.volumes).toContainEqual({
      name: 'config',
      persistentVolumeClaim: { claimName: 'dictionaries' },
    });
    expect(set.template.spec.containers[0].volumeMounts).toContainEqual({
      name: 'config',
      mountPath: '/dictionaries',
      readOnly: true,
    });
  });

  it('of ours make room for a volume of the same name', () => {
    const { volumes } = pod('search/statefulset-home-search.yaml');
    expect(volumes).toContainEqual({ name: 'config-files', configMap: { name: 'home-search' } });
  });

  it('of the node are mounted from a folder that must be there', () => {
    expect(pod('scan/deployment-home-scan.yaml').volumes).toEqual([
      { name: 'films', hostPath: { path: '/srv/films', type: 'Directory' } },
    ]);
  });
});

describe('names and networks', () => {
  it('gives a further name a Service of its own, for the same pods', () => {
    const [own, other] = [all['web/service-home-web.yaml'], all['web/service-shop.yaml']];
    expect(other.spec).toEqual(own.spec);
    expect(all['web/service-shop-old.yaml']).toBeDefined();
  });

  it('puts fixed addresses into the hosts file, one line for each', () => {
    expect(pod('web/deployment-home-web.yaml').hostAliases).toEqual([
      { ip: '192.168.1.20', hostnames: ['a.lan', 'c.lan'] },
      { ip: '192.168.1.21', hostnames: ['b.lan'] },
    ]);
  });

  it('on the network of the node finds Services, holds its ports, and is published by no load balancer twice', () => {
    const { spec } = all['scan/deployment-home-scan.yaml'];
    expect(spec.template.spec).toMatchObject({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
    expect(spec.template.spec.containers[0].ports.map(({ hostPort }: Yaml) => hostPort)).toEqual([5353, 8088]);
    expect(spec.strategy).toEqual({ type: 'Recreate' });
    expect(all['scan/service-home-scan-outside.yaml'].spec.ports.map(({ port }: Yaml) => port)).toEqual([80]);
  });
});

describe('the program', () => {
  it('starts in its folder, with its arguments as they are', () => {
    const [container] = pod('web/deployment-home-web.yaml').containers;
    expect(container.workingDir).toBe('/srv/app');
    expect(container.args).toEqual(['serve', '--motto', 'costs $$5']);
  });

  it('is ready by the check of the file on its own port, alive by a connection', () => {
    const [container] = pod('web/deployment-home-web.yaml').containers;
    expect(container.readinessProbe.httpGet).toEqual({ path: '/ready', port: 9100, scheme: 'HTTP' });
    expect(container.livenessProbe.tcpSocket).toEqual({ port: 9100 });
  });

  it('that checks itself with a shell is checked with that shell', () => {
    const [container] = pod('search/statefulset-home-search.yaml').containers;
    expect(container.readinessProbe.exec.command).toEqual(['sh', '-c', 'curl -f localhost:9200 || exit 1']);
    expect(container.livenessProbe.tcpSocket).toEqual({ port: 9200 });
  });

  it('has the kernel settings that a pod can have', () => {
    expect(pod('search/statefulset-home-search.yaml').securityContext.sysctls).toEqual([
      { name: 'net.ipv4.ip_unprivileged_port_start', value: '80' },
    ]);
    expect(pod('scan/deployment-home-scan.yaml').securityContext.sysctls).toEqual([
      { name: 'kernel.msgmax', value: '65536' },
    ]);
  });
});

describe('a loss', () => {
  it('is named at its place, for all that Kubernetes cannot do', async () => {
    const { findings } = await target.render(everything({ accept: {} }));
    expect(findings.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'AG527 /services/queue/replicas',
      'AG521 /services/scan/devices',
      'AG522 /services/scan/sysctls/kernel.msgmax',
      'AG522 /services/scan/sysctls/net.core.somaxconn',
      'AG522 /services/scan/sysctls/vm.swappiness',
      'AG524 /services/scan/hostNetwork',
      'AG523 /services/scan/volumes/films',
      'AG520 /services/search/ulimits',
    ]);
    expect([...new Set(findings.map(({ code }) => code))].sort()).toEqual(losses);
    for (const { hint } of findings) expect(hint).toMatch(/accept AG5\d\d with a reason|one copy/);
  });

  it('is said of copies that share a volume of one node, and not of a claim that others made', async () => {
    const mounts = [{ kind: 'volume' as const, volume: 'web-data', path: '/data', readOnly: false }];
    const volume = { id: 'web-data', workload: 'web', origin: '/services/web/volumes/data', sizeBytes: 1 };
    const copies = workload('web', { replicas: 2, mounts });
    const codes = async (given: Platform) => (await target.render(given)).findings.map(({ code }) => code);
    expect(await codes(platform({ workloads: [copies], volumes: [volume] }))).toEqual(['AG527']);
    const external = { ...volume, external: 'photos' };
    expect(await codes(platform({ workloads: [copies], volumes: [external] }))).toEqual([]);
    expect(await codes(platform({ workloads: [copies], volumes: [{ ...external, external: 'My_Photos' }] }))).toEqual([
      'AG529',
    ]);
  });

  it('is said of a service that nobody can see to be healthy', async () => {
    const needs = [{ workload: 'worker', condition: 'healthy' as const, origin: '/services/web/needs/0' }];
    const health = {
      ...(web().health as NonNullable<Workload['health']>),
      test: { kind: 'exec' as const, command: ['ok'] },
    };
    const given = platform({ workloads: [workload('web', { needs }), workload('worker', { health })] });
    const { findings } = await target.render(given);
    expect(findings.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(['AG528 /services/web/needs/0']);
  });
});

describe('the Pod Security level of the file', () => {
  const declared = (podSecurity: 'restricted' | 'baseline', accept: Record<string, string> = {}) =>
    everything({
      cluster: { namespace: 'home', version: '1.28', routes: 'ingress', podSecurity },
      accept: { ...everything().accept, ...accept },
    });

  it('is refused by every workload that does not meet it, each reason at its line', async () => {
    const { findings } = await target.render(declared('restricted'));
    expect(findings.map(({ code, pointer, message }) => `${code} ${pointer} ${message.split(', which')[0]}`)).toEqual([
      "AG525 /services/scan/hostNetwork 'scan' uses the network of its node",
      "AG525 /services/scan/volumes 'scan' mounts the folder /srv/films of its node",
      "AG525 /services/scan/sysctls 'scan' sets kernel.msgmax",
      "AG525 /services/scan 'scan' runs as the image's own user",
      "AG525 /services/search 'search' runs as the image's own user",
    ]);
  });

  it('is what the namespace enforces when all meet it, even if they would meet a stricter one', async () => {
    const files = await alone(
      { user: { uid: 1, gid: 1 } },
      {
        cluster: { namespace: 'home', version: '1.28', routes: 'ingress', podSecurity: 'baseline' },
      },
    );
    expect(files['namespace-home.yaml'].metadata.labels['pod-security.kubernetes.io/enforce']).toBe('baseline');
  });

  it('still warns where an exception was accepted, while what pods need is enforced', async () => {
    const { manifests, findings } = await target.render(declared('baseline', { AG525: 'the scanner' }));
    expect(findings).toEqual([]);
    const { labels } = parse(manifests.find(({ kind }) => kind === 'Namespace')?.text ?? '').metadata;
    expect([labels['pod-security.kubernetes.io/enforce'], labels['pod-security.kubernetes.io/warn']]).toEqual([
      'privileged',
      'baseline',
    ]);
  });
});

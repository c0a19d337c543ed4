/** A platform that uses all that the language can ask of Kubernetes. */
import type { ClusterGpus, Config, Platform, Workload } from '../../compiler/model/platform.ts';
import { link, platform, workload } from './platforms.ts';

const user = { uid: 1000, gid: 1000 };
const hourMs = 3_600_000;
const http = (port: number) => ({ name: 'http', port, protocol: 'tcp' as const, origin: '' });
const text = (id: string, owner: string, file: string): Config => ({
  id,
  workload: owner,
  origin: `/services/${owner}/configs/${file}`,
  file,
  text: `${file}\n`,
});

/** Copies that wait for a job, with files from everywhere. */
export function web(parts: Partial<Workload> = {}): Workload {
  return workload('web', {
    user,
    replicas: 3,
    workingDirectory: '/srv/app',
    command: ['serve', '--motto', 'costs $5'],
    ports: [http(8080), { name: 'metrics', port: 9100, protocol: 'tcp', origin: '' }],
    mounts: [
      { kind: 'config', config: 'web-app-conf', path: '/etc/app/app.conf' },
      { kind: 'secret', secret: 'web-key', path: '/etc/app/tls/key.pem' },
      { kind: 'secret', secret: 'web-cert', path: '/etc/app/tls/cert.pem' },
      { kind: 'secret', secret: 'web-token', path: '/etc/app/token' },
      { kind: 'tmpfs', path: '/tmp' },
    ],
    environment: [
      { name: 'SMTP', value: { kind: 'secret', secret: 'web-token' }, origin: '' },
      { name: 'OWN', value: { kind: 'secret', secret: 'web-key' }, origin: '' },
    ],
    health: {
      test: { kind: 'http', port: 9100, path: '/ready' },
      intervalMs: 10_000,
      timeoutMs: 2000,
      retries: 3,
      startMs: 60_000,
    },
    needs: [
      { workload: 'migrate', condition: 'done', origin: '/services/web/needs/migrate' },
      { workload: 'search', condition: 'started', origin: '/services/web/needs/search' },
    ],
    aliases: ['shop', 'shop-old'],
    extraHosts: [
      { hostname: 'a.lan', address: '192.168.1.20' },
      { hostname: 'b.lan', address: '192.168.1.21' },
      { hostname: 'c.lan', address: '192.168.1.20' },
    ],
    ...parts,
  });
}

const migrate = workload('migrate', {
  user,
  command: ['migrate', 'up'],
  needs: [{ workload: 'search', condition: 'healthy', origin: '/services/migrate/needs/0' }],
  job: { origin: '/services/migrate/schedule', at: { kind: 'once' }, timeoutMs: hourMs, retries: 2 },
});

const report = workload('report', {
  user,
  mounts: [{ kind: 'volume', volume: 'report-out', path: '/out', readOnly: false }],
  job: {
    origin: '/services/report/schedule',
    at: { kind: 'cron', fields: '0 3 * * 5-7', timezone: 'Europe/Madrid' },
    timeoutMs: 90_000,
    retries: 0,
  },
});

const search = workload('search', {
  ports: [http(9200)],
  mounts: [
    { kind: 'volume', volume: 'search-data', path: '/data', readOnly: false },
    { kind: 'volume', volume: 'search-config', path: '/dictionaries', readOnly: true },
    { kind: 'config', config: 'search-yml', path: '/etc/search.yml' },
  ],
  health: {
    test: { kind: 'exec', command: ['sh', '-c', 'curl -f localhost:9200 || exit 1'] },
    intervalMs: 10_000,
    timeoutMs: 2000,
    retries: 3,
    startMs: 60_000,
  },
  sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '80' }],
  ulimits: [{ name: 'nofile', soft: 65_536, hard: 65_536 }],
  stateful: true,
});

const model = workload('model', {
  user,
  ports: [http(8000)],
  gpu: { origin: '/services/model/gpu', vendor: 'nvidia', count: 2, memoryBytes: 16 * 2 ** 30 },
});

const queue = workload('queue', {
  user,
  replicas: 2,
  ports: [http(4222)],
  mounts: [{ kind: 'volume', volume: 'queue-data', path: '/data', readOnly: false }],
  stateful: true,
});

const scan = workload('scan', {
  hostNetwork: true,
  ports: [
    { name: 'mdns', port: 5353, protocol: 'udp', publish: { port: 5353 }, origin: '' },
    { name: 'web', port: 8088, protocol: 'tcp', publish: { port: 80 }, origin: '' },
  ],
  mounts: [{ kind: 'volume', volume: 'scan-films', path: '/films', readOnly: true }],
  devices: ['/dev/ttyUSB0'],
  sysctls: [
    { name: 'kernel.msgmax', value: '65536' },
    { name: 'net.core.somaxconn', value: '1024' },
    { name: 'vm.swappiness', value: '1' },
  ],
});

const ingress = workload('ingress', {
  origin: '/ingress',
  component: 'traefik',
  user: { uid: 65_532, gid: 65_532 },
  ports: [
    { name: 'http', port: 8000, protocol: 'tcp', publish: { port: 80 }, origin: '/ingress/http' },
    { name: 'https', port: 8443, protocol: 'tcp', publish: { port: 443 }, origin: '/ingress/https' },
  ],
  kubernetesRules: [{ apiGroups: [''], resources: ['services', 'namespaces'], verbs: ['get', 'list', 'watch'] }],
});

/** Losses that the platform below has by nature. */
export const losses = ['AG520', 'AG521', 'AG522', 'AG523', 'AG524', 'AG527'];

export function everything(parts: Partial<Platform> = {}): Platform {
  const size = { sizeBytes: 2 ** 30 };
  const volume = (owner: string, key: string) => ({
    id: `${owner}-${key}`,
    workload: owner,
    origin: `/services/${owner}/volumes/${key}`,
    ...size,
  });
  const route = { workload: 'web', hostname: 'shop.home.lan', origin: '/services/web/host' };
  return platform({
    target: 'kubernetes',
    workloads: [ingress, migrate, model, queue, report, scan, search, web()],
    volumes: [
      volume('queue', 'data'),
      volume('report', 'out'),
      { ...volume('scan', 'films'), hostPath: '/srv/films' },
      { ...volume('search', 'config'), external: 'dictionaries' },
      volume('search', 'data'),
    ],
    links: [link('ingress', 'web', 8080), link('migrate', 'search', 9200), link('web', 'search', 9200)],
    routes: [
      { ...route, id: 'web', path: '/', port: 8080 },
      { ...route, id: 'web-metrics', path: '/metrics', port: 9100 },
    ],
    secrets: [
      { id: 'web-cert', origin: '/secrets/web-cert', source: { kind: 'file', path: '/etc/cert' } },
      { id: 'web-key', origin: '/secrets/web-key', source: { kind: 'generate', length: 32 } },
      { id: 'web-token', origin: '/secrets/web-token', source: { kind: 'kubernetes', name: 'smtp', key: 'password' } },
    ],
    configs: [text('search-yml', 'search', 'search.yml'), text('web-app-conf', 'web', 'app.conf')],
    accept: Object.fromEntries(losses.map((code) => [code, 'known'])),
    ...parts,
  });
}

/** GPUs of every vendor, with all that the language can say of them. */
export const clusterGpus: readonly ClusterGpus[] = [
  { vendor: 'amd', origin: '/cluster/gpus/amd', image: 'rocm/k8s-device-plugin:1', nodes: {}, memoryBytes: 2 ** 34 },
  {
    vendor: 'intel',
    origin: '/cluster/gpus/intel',
    image: 'intel/intel-gpu-plugin:1',
    nodes: { 'autogit.dev/gpu': 'intel' },
    share: 3,
    driver: 'xe',
  },
  {
    vendor: 'nvidia',
    origin: '/cluster/gpus/nvidia',
    image: 'nvcr.io/nvidia/k8s-device-plugin:v1',
    nodes: { 'feature.node.kubernetes.io/pci-0300_10de.present': 'true' },
    share: 4,
    runtime: 'nvidia',
  },
];

/** A service for the GPUs of each vendor, and one for none. */
export function withGpus(parts: Partial<Platform['cluster']> = {}): Platform {
  const asking = (['amd', 'intel', 'nvidia'] as const).map((vendor) =>
    workload(vendor, { user, gpu: { origin: `/services/${vendor}/gpu`, vendor, count: 1 } }),
  );
  return platform({
    name: 'lab',
    target: 'kubernetes',
    cluster: { namespace: 'lab', version: '1.28', routes: 'ingress', gpus: clusterGpus, ...parts },
    workloads: [...asking, workload('web', { user })],
  });
}

/** Patches after which every object fits its schema and something cannot work all the same. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

const services = `name: home
domain: home.lan
services:
  web:
    image: "nginx:1.29"
    port: 80
    volumes: { data: /data }
    health: { http: / }
    ports: { x: { port: 90, publish: 90 } }
  api: { image: "b:1", port: 81, ports: { y: { port: 91, publish: 91 } }, needs: [web, job] }
  job: { image: "b:1", schedule: once }
  plain: { image: "b:1", ports: { z: 92 } }
  last: { image: "b:1", needs: [plain], volumes: { d: /d } }
patches:
`;
/** The first line of the first patch; each patch takes three. */
const first = services.split('\n').length;

interface Made {
  readonly said: readonly string[];
  readonly paths: readonly string[];
}

async function made(target: 'compose' | 'kubernetes', patches: readonly string[], more = ''): Promise<Made> {
  const bytes = Buffer.from(`${services}${patches.join('')}${more}`);
  const { diagnostics, rendered } = await compile({ file: 'autogit.yaml', bytes, catalog, targets, target });
  return {
    said: diagnostics.map(
      ({ code, range: { start }, message, hint }) => `${start.line - first} ${code}: ${message}; ${hint}`,
    ),
    paths: rendered?.manifests.map(({ path }) => path) ?? [],
  };
}

function patch(kind: string, name: string, change: string): string {
  return `  - target: { kind: ${kind}, name: ${name} }\n    why: it is meant\n    ${change}\n`;
}
const ofObject = (kind: string, change: string, name = 'home-web') => patch(kind, name, change);
const ofSet = (change: string) => ofObject('StatefulSet', change);
const ofService = (name: string, merge: string) => patch('service', name, `merge: ${merge}`);
const step = (op: string, path: string, value: string) => `json: [{ op: ${op}, path: "${path}", value: ${value} }]`;
const pod = '/spec/template/spec';
const container = `${pod}/containers/0`;

describe('a patch of a Kubernetes object', () => {
  it.each<[string, string, RegExp]>([
    [
      'changes what a Service selects',
      ofObject('Service', 'merge: { spec: { selector: { app: nope } } }'),
      /^2 AG535: with the patch Service 'home-web' cannot work: \/spec\/selector: selects no pod; /,
    ],
    [
      'takes away what a Service selects',
      ofObject('Service', 'merge: { spec: { selector: null } }'),
      /^2 AG535: .*\/spec\/selector: selects no pod/,
    ],
    [
      'sends a Service to a port without that name',
      ofObject('Service', step('replace', '/spec/ports/0/targetPort', 'nope')),
      /^2 AG535: .*\/spec\/ports\/0\/targetPort: no pod that it selects has a port called 'nope'; there are http, /,
    ],
    [
      'gives a Service one port twice',
      ofObject('Service', step('add', '/spec/ports/-', '{ port: 80, name: again, protocol: TCP }')),
      /^2 AG535: .*TCP 80 is there twice/,
    ],
    [
      'misspells when images are pulled',
      ofSet(step('replace', `${container}/imagePullPolicy`, 'Allways')),
      /^2 AG535: with the patch StatefulSet 'home-web' .*\/imagePullPolicy: there is no policy 'Allways'; write one of Always,/,
    ],
    [
      'writes a quantity as people do',
      ofSet(step('replace', `${container}/resources/limits/memory`, '64MB')),
      /^2 AG535: .*\/limits\/memory: '64MB' is no quantity; .*64Mi/,
    ],
    [
      'requests more than its limit',
      ofSet(step('replace', `${container}/resources/requests/memory`, '64Gi')),
      /^2 AG535: .*\/requests\/memory: it requests 64Gi, and its limit is 512Mi/,
    ],
    [
      'sets a variable twice',
      ofSet(step('add', `${container}/env`, '[{ name: A, value: b }, { name: A, value: c }]')),
      /^2 AG535: .*\/env\/1\/name: variable A is there twice/,
    ],
    [
      'mounts a volume that the pod does not have',
      ofSet(step('add', `${container}/volumeMounts/-`, '{ name: nope, mountPath: /x }')),
      /^2 AG535: .*\/volumeMounts\/1\/name: the pod has no volume 'nope'; there are data/,
    ],
    [
      'mounts two volumes at one path',
      ofSet(step('add', `${container}/volumeMounts/-`, '{ name: data, mountPath: /data }')),
      /^2 AG535: .*two volumes are mounted at \/data/,
    ],
    [
      'takes away the volume that is mounted',
      ofSet('merge: { spec: { volumeClaimTemplates: null } }'),
      /^2 AG535: .*the pod has no volume 'data'/,
    ],
    [
      'mounts a claim that nobody makes',
      ofSet(step('add', `${pod}/volumes`, '[{ name: x, persistentVolumeClaim: { claimName: nope } }]')),
      /^2 AG536: .*\/claimName: there is no PersistentVolumeClaim 'nope'; correct the name, or .*accept: \{ AG536: … \}/,
    ],
    [
      'mounts a ConfigMap that nobody makes',
      ofSet(step('add', `${pod}/volumes`, '[{ name: x, configMap: { name: nope } }]')),
      /^2 AG536: .*\/configMap\/name: there is no ConfigMap 'nope'/,
    ],
    [
      'reads a Secret that nobody makes',
      ofSet(step('add', `${container}/env`, '[{ name: A, valueFrom: { secretKeyRef: { name: nope, key: v } } }]')),
      /^2 AG536: .*\/secretKeyRef\/name: there is no Secret 'nope'/,
    ],
    [
      'uses an account that nobody makes',
      ofSet(`merge: { spec: { template: { spec: { serviceAccountName: nope } } } }`),
      /^2 AG536: .*there is no ServiceAccount 'nope'/,
    ],
    [
      'asks a port without that name for its health',
      ofSet(step('replace', `${container}/readinessProbe/httpGet/port`, 'nope')),
      /^2 AG535: .*\/readinessProbe\/httpGet\/port: the container has no port called 'nope'; there are http, /,
    ],
    [
      'asks for its health in two ways',
      ofSet(step('add', `${container}/readinessProbe/exec`, '{ command: [x] }')),
      /^2 AG535: .*\/readinessProbe: asks in 2 ways: exec, httpGet/,
    ],
    [
      'does not start again what runs on',
      ofSet(step('add', `${pod}/restartPolicy`, 'Never')),
      /^2 AG535: .*\/restartPolicy: a StatefulSet cannot have 'Never'; write Always/,
    ],
    [
      'starts again what ends well',
      ofObject('Job', step('replace', `${pod}/restartPolicy`, 'Always'), 'home-job'),
      /^2 AG535: .*\/restartPolicy: a Job cannot have 'Always'; write OnFailure or Never/,
    ],
    [
      'writes a label of 70 characters',
      ofSet(`merge: { metadata: { labels: { x: "${'a'.repeat(70)}" } } }`),
      /^2 AG535: .*\/metadata\/labels\/x: 'a{70}' is no value of a label/,
    ],
    [
      'has a container twice',
      ofSet(step('add', `${pod}/containers/-`, '{ name: web, image: "x:1" }')),
      /^2 AG535: .*\/containers\/1\/name: container 'web' is there twice/,
    ],
    [
      'takes away labels by which pods are found',
      ofSet('merge: { spec: { template: { metadata: { labels: { app.kubernetes.io/component: x } } } } }'),
      /^2 AG535: .*is not in the labels of its pods/m,
    ],
    [
      'is moved to another namespace',
      ofSet('merge: { metadata: { namespace: other } }'),
      /^2 AG512: .*name and namespace cannot change/,
    ],
    ['gets another name', ofSet('merge: { metadata: { name: A_b } }'), /^2 AG512: .*cannot change/],
  ])('that %s is told at its line', async (_, patched, words) => {
    const { said, paths } = await made('kubernetes', [patched]);
    expect(said.join('\n')).toMatch(words);
    expect(paths).toEqual([]);
  });

  it('is told for what refers to the object as well', async () => {
    const { said } = await made('kubernetes', [
      ofSet(step('replace', `${container}/ports/0/name`, 'averyveryverylongname')),
    ]);
    expect(said.join('\n')).toMatch(
      /^2 AG535: .*Service 'home-web' .*no pod that it selects has a port called 'http'/m,
    );
    expect(said.join('\n')).toMatch(
      /^2 AG535: .*\/ports\/0\/name: 'averyveryverylongname' is no name of a port; .*15/m,
    );
  });

  it('is told at the last of several that did it, and not at all once another one takes it back', async () => {
    const notRoot = ofSet(step('add', `${pod}/securityContext/runAsNonRoot`, 'true'));
    const root = ofSet(step('add', `${pod}/securityContext/runAsUser`, '0'));
    const { said } = await made('kubernetes', [notRoot, root]);
    expect(said).toEqual([
      expect.stringMatching(/^5 AG535: .*\/securityContext\/runAsUser: runs as root, and must not/),
    ]);
    const bad = ofSet(step('replace', `${container}/imagePullPolicy`, 'Allways'));
    const good = ofSet(step('replace', `${container}/imagePullPolicy`, 'Always'));
    expect((await made('kubernetes', [bad, good])).said).toEqual([]);
    const renamed = ofSet(step('replace', `${container}/ports/0/name`, 'web'));
    const sentThere = ofObject('Service', step('replace', '/spec/ports/0/targetPort', 'web'));
    expect((await made('kubernetes', [renamed, sentThere])).said).toEqual([]);
  });

  it('may name what is optional, or what the file says is there already', async () => {
    const volume = (more: string) =>
      ofSet(step('add', `${pod}/volumes`, `[{ name: x, configMap: { name: proxy${more} } }]`));
    expect((await made('kubernetes', [volume(', optional: true')])).said).toEqual([]);
    const accepted = await made('kubernetes', [volume('')], 'accept: { AG536: the cluster has it }\n');
    expect(accepted.said).toEqual([]);
    expect(accepted.paths).toContain('kubernetes/web/statefulset-home-web.yaml');
  });

  it('may give a Service a number of a port, or no pods of this cluster', async () => {
    const number = ofObject('Service', step('replace', '/spec/ports/0/targetPort', '80'));
    const name = ofObject('Service', 'merge: { spec: { type: ExternalName, externalName: web.lan, selector: null } }');
    expect((await made('kubernetes', [number])).said).toEqual([]);
    expect((await made('kubernetes', [name])).said).toEqual([]);
  });

  it.each(['64Mi', '1.5Gi', '500m', '1e9', '2', '.5', '128974848', '129M', '0.1'])('may use %s', async (quantity) => {
    const change = `merge: { spec: { template: { spec: { volumes: [{ name: x, emptyDir: { sizeLimit: "${quantity}" } }] } } } }`;
    expect((await made('kubernetes', [ofSet(change)])).said).toEqual([]);
  });
});

describe('a patch of a service of Compose', () => {
  it.each<[string, string, RegExp]>([
    [
      'publishes a port that another service has',
      ofService('web', '{ ports: [{ target: 90, published: "91", protocol: tcp }] }'),
      /^2 AG535: with the patch service 'web' cannot work: \/ports\/0\/published: port 91\/tcp of the host is taken by service 'api'/,
    ],
    [
      'publishes a port twice',
      ofService(
        'web',
        '{ ports: [{ target: 90, published: "93", protocol: tcp }, { target: 91, published: "93", protocol: tcp }] }',
      ),
      /^2 AG535: .*\/ports\/1\/published: port 93\/tcp of the host is taken by itself/,
    ],
    [
      'publishes a port of a service that is reached from inside alone',
      ofService('plain', '{ ports: [{ target: 92, published: "92", protocol: tcp }] }'),
      /^2 AG535: .*\/ports: no port is published from networks that are all internal/,
    ],
    ['changes its image', ofService('web', '{ image: "NGINX::1" }'), /^2 AG512: .*`image:` of the service says it/],
    [
      'waits for health that nobody checks',
      ofService('last', '{ depends_on: { plain: { condition: service_healthy } } }'),
      /^2 AG535: .*\/depends_on\/plain: service 'plain' has no health check, so it never gets healthy/,
    ],
    [
      'waits for the end of what runs on',
      ofService('last', '{ depends_on: { plain: { condition: service_completed_successfully } } }'),
      /^2 AG535: .*\/depends_on\/plain: service 'plain' never ends/,
    ],
    [
      'takes away a check that another service waits for',
      ofService('web', '{ healthcheck: null }'),
      /^2 AG535: with the patch service 'api' .*\/depends_on\/web: service 'web' has no health check/,
    ],
    [
      'waits for a service that is not there',
      ofService('api', '{ depends_on: { nope: { condition: service_started } } }'),
      /^2 AG512: .*`needs:` says it/,
    ],
    [
      'mounts a volume that is not there',
      ofService('web', '{ volumes: [{ type: volume, source: nope, target: /data }] }'),
      /^2 AG512: .*the project has no volume 'nope'/,
    ],
    [
      'joins a network that is not there',
      ofService('web', '{ networks: { nope: { aliases: [] } } }'),
      /^2 AG512: .*the project has no network 'nope'/,
    ],
    [
      'leaves the network to what it needs',
      ofService('last', '{ networks: { last-plain: null, api-web: { aliases: [] } } }'),
      /^2 AG535: .*\/networks: service 'plain' is on none of its networks/,
    ],
    [
      'mounts memory over a volume',
      ofService('web', '{ tmpfs: ["/data"] }'),
      /^2 AG535: .*\/tmpfs\/0: two things are mounted at \/data/,
    ],
    [
      'leaves its volume behind',
      ofService('web', '{ volumes: null }'),
      /^2 AG535: with the patch volume 'web-data' cannot work: no service uses it; /,
    ],
    [
      'sets a variable with a space',
      ofService('web', '{ environment: { "A B": "1" } }'),
      /^2 AG535: .*\/environment\/A B: 'A B' is no name of a variable/,
    ],
    [
      'has a soft limit above the hard one',
      ofService('web', '{ ulimits: { nofile: { soft: 2, hard: 1 } } }'),
      /^2 AG535: .*\/ulimits\/nofile: the soft limit is above the hard one/,
    ],
    [
      'waits in a circle',
      ofService('web', '{ depends_on: { api: { condition: service_started } } }'),
      /^2 AG512: .*`needs:` says it/,
    ],
    [
      'carries a label of Compose itself',
      ofService('web', '{ labels: { com.docker.compose.x: y } }'),
      /^2 AG512: .*kept for AutoGit and Compose/,
    ],
    [
      'answers to the name of another service',
      ofService('web', '{ networks: { api-web: { aliases: [web, api] } } }'),
      /^2 AG535: .*\/networks\/api-web\/aliases\/1: service 'api' answers to api on this network/,
    ],
    [
      'hides another service behind a line of its hosts file',
      ofService('api', '{ extra_hosts: { web: 10.0.0.1 } }'),
      /^2 AG535: .*\/extra_hosts\/web: web is a service on network 'api-web', which this line hides/,
    ],
  ])('that %s is told at its line', async (_, patched, words) => {
    const { said, paths } = await made('compose', [patched]);
    expect(said.join('\n')).toMatch(words);
    expect(paths).toEqual([]);
  });

  it('is told once, at the last of several that did it, and not at all once another one takes it back', async () => {
    const published = (port: number) =>
      ofService('web', `{ ports: [{ target: 90, published: "${port}", protocol: tcp }] }`);
    const { said } = await made('compose', [published(91), published(93), published(91)]);
    expect(said).toEqual([expect.stringMatching(/^8 AG535: /)]);
    expect((await made('compose', [published(91), published(93)])).said).toEqual([]);
  });
});

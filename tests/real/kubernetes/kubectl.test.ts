/** The rendered folder in the hands of the programs that people use it with. */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Platform } from '../../../compiler/model/platform.ts';
import { clusterGpus, everything } from '../../targets/kubernetes-platforms.ts';
import { home } from '../../targets/platforms.ts';
import { type KubernetesJson, request } from './api.ts';
import { controlPlane, judges } from './available.ts';
import { installCustomResources } from './custom-resources.ts';
import { renderedFolder } from './rendered-folder.ts';
import { type RunningApiServer, startApiServer } from './start-api-server.ts';

const run = promisify(execFile);
const routes = ['ingress', 'traefik', 'gateway'] as const;
const folders: string[] = [];
/** kubectl says that it keeps to the order of the folder, which is what is wanted. */
const sortingNote = /^.*Warning: Sorting order is set both in .*\n/;

function all(kind: Platform['cluster']['routes'], version = '1.28'): Platform {
  return everything({ name: kind, cluster: { namespace: kind, routes: kind, version, gpus: clusterGpus } });
}

async function rendered(given: Platform) {
  const made = await renderedFolder(given);
  folders.push(dirname(made.folder));
  return made;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('kubectl kustomize', () => {
  it.each<readonly [string, () => Platform]>([
    ['a forge with its database and ingress', home],
    ...routes.map((kind) => [`everything, routes by ${kind}`, () => all(kind)] as const),
  ])('gives back the same objects in the same order: %s', async (_, given) => {
    const { folder, objects } = await rendered(given());
    const { stdout, stderr } = await run(controlPlane().kubectl, ['kustomize', folder]);
    const built = parseAllDocuments(stdout).map((document) => (document as { toJS(): KubernetesJson }).toJS());
    expect(stderr).toBe('');
    expect(built).toEqual(objects);
  });
});

describe('kubeconform', () => {
  const custom = 'GatewayClass,Gateway,HTTPRoute,IngressRoute';

  async function judged(folder: string, version: string): Promise<{ readonly summary: Record<string, number> }> {
    const { kubeconform, schemas } = judges();
    const at = join(schemas, `v${version}`, '{{.ResourceKind}}{{.KindSuffix}}.json');
    const args = ['-strict', '-summary', '-output', 'json', '-skip', `Kustomization,${custom}`];
    const call = run(kubeconform, [...args, '-schema-location', at, folder]);
    const { stdout } = await call.catch((error: { stdout: string }) => error);
    return JSON.parse(stdout) as { readonly summary: Record<string, number> };
  }

  it.each(routes.flatMap((kind) => [[kind, '1.28'] as const, [kind, '1.37'] as const]))(
    'finds nothing, strictly: everything, routes by %s, for Kubernetes %s',
    async (kind, version) => {
      const { folder, objects } = await rendered(all(kind, version));
      const { summary, ...rest } = await judged(folder, `${version}.0`);
      expect({ rest, summary }).toMatchObject({ summary: { invalid: 0, errors: 0 } });
      const own = objects.filter((object) => !custom.split(',').includes(object.kind));
      expect(summary.valid).toBe(own.length);
    },
  );

  it('would find a field of a later version', async () => {
    const { folder } = await rendered(all('ingress', '1.37'));
    expect((await judged(folder, '1.28.0')).summary.invalid).toBeGreaterThan(0);
  });
});

describe('a server', () => {
  let server: RunningApiServer;
  let config: string;

  beforeAll(async () => {
    server = await startApiServer();
    await installCustomResources(server, ['gateway-api', 'traefik']);
    const { folder } = await rendered(home());
    config = join(dirname(folder), 'kubeconfig');
    writeFileSync(config, kubeconfig(server.token));
  });

  afterAll(() => server?.stop());

  const kubectl = (args: readonly string[]) => run(controlPlane().kubectl, [`--kubeconfig=${config}`, ...args]);

  it.each(routes)(
    'takes `kubectl apply -k` of the folder without a warning about any object, and once more without a change: %s',
    async (kind) => {
      const { folder, objects } = await rendered(all(kind));
      const first = await kubectl(['apply', '-k', folder]);
      expect(first.stderr.replace(sortingNote, '')).toBe('');
      expect(first.stdout.trim().split('\n')).toHaveLength(objects.length);
      expect(first.stdout.replaceAll(/^.* (?:created|serverside-applied)$/gm, '').trim()).toBe('');
      const before = await generations(folder);
      await kubectl(['apply', '-k', folder]);
      expect(await generations(folder)).toEqual(before);
    },
  );

  /** Of each object: a generation moves when what is asked for changes. kubectl says `configured` of some that did not. */
  async function generations(folder: string): Promise<Readonly<Record<string, unknown>>> {
    const { stdout } = await kubectl(['get', '-k', folder, '-o', 'json']);
    const { items } = JSON.parse(stdout) as { readonly items: readonly KubernetesJson[] };
    expect(items.length).toBeGreaterThan(20);
    return Object.fromEntries(items.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.generation]));
  }

  it('refuses a job that changed, which has to be deleted first', async () => {
    const given = all('ingress');
    const workloads = given.workloads.map((each) =>
      each.id === 'migrate' ? { ...each, image: 'example/migrate:2' } : each,
    );
    const { folder } = await rendered({ ...given, workloads });
    const refused = await kubectl(['apply', '-k', folder]).catch((error: { stderr: string }) => error);
    expect(refused.stderr).toContain('field is immutable');
    await kubectl(['delete', '-n', 'ingress', 'job', 'ingress-migrate']);
    expect((await kubectl(['apply', '-k', folder])).stdout).toContain('job.batch/ingress-migrate created');
  });

  describe('lets an init container', () => {
    const path = '/apis/batch/v1/namespaces/ingress/jobs/ingress-migrate';
    let asPod: (args: readonly string[]) => Promise<{ readonly code: number; readonly said: string }>;
    let wait: readonly string[];

    beforeAll(async () => {
      const { objects } = await rendered(all('ingress'));
      const web = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'ingress-web');
      const { spec } = (web as unknown as { spec: { template: { spec: { initContainers: { args: string[] }[] } } } })
        .spec.template;
      wait = spec.initContainers[0]?.args ?? [];
      const { body } = await request(server, {
        method: 'POST',
        path: '/api/v1/namespaces/ingress/serviceaccounts/ingress-web/token',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
      });
      const { token } = body.status as { readonly token: string };
      const own = `${config}-pod`;
      writeFileSync(own, kubeconfig(token));
      asPod = async (args) =>
        run(controlPlane().kubectl, [`--kubeconfig=${own}`, ...args]).then(
          ({ stdout }) => ({ code: 0, said: stdout }),
          (error: { code: number; stderr: string }) => ({ code: error.code, said: error.stderr }),
        );
    });

    it('wait while the job has not ended well', async () => {
      const brief = wait.map((arg) => (arg.startsWith('--timeout') ? '--timeout=2s' : arg));
      expect(await asPod(brief)).toMatchObject({ code: 1, said: expect.stringContaining('timed out waiting') });
    });

    it('see that it ended well', async () => {
      const now = new Date().toISOString().replace(/\.\d+Z/, 'Z');
      const condition = (type: string) => ({ type, status: 'True', lastProbeTime: now, lastTransitionTime: now });
      const status = {
        startTime: now,
        completionTime: now,
        succeeded: 1,
        conditions: [condition('SuccessCriteriaMet'), condition('Complete')],
      };
      const { status: code, body } = await request(server, {
        method: 'PATCH',
        path: `${path}/status`,
        body: { status },
        type: 'application/merge-patch+json',
      });
      expect([code, body.message]).toEqual([200, undefined]);
      expect(await asPod(wait)).toEqual({ code: 0, said: 'job.batch/ingress-migrate condition met\n'.repeat(2) });
    });

    it('read nothing else', async () => {
      for (const what of ['jobs', 'secrets', 'pods', 'deployments/ingress-web']) {
        expect((await asPod(['get', what, '--namespace=ingress'])).said).toContain('forbidden');
      }
    });
  });

  function kubeconfig(token: string): string {
    const cluster = { server: server.url, 'certificate-authority-data': Buffer.from(server.ca).toString('base64') };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster }],
      users: [{ name: 'test', user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      'current-context': 'test',
    });
  }
});

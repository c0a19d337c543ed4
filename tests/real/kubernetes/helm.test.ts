import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { commands } from '../../../cli/commands.ts';
import { parsePlain } from '../../../cli/plain-arguments.ts';
import { strictPolicy } from '../../../reconciler/model/policy.ts';
import { parsePolicy } from '../../../reconciler/observe/policy-file.ts';
import { apply, create, type KubernetesJson } from './api.ts';
import { helm, judges } from './available.ts';
import { podsOf } from './pods-of.ts';
import { type RunningApiServer, startApiServer } from './start-api-server.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const chart = join(root, 'deploy/helm/autogit');
const cases = ['smallest', 'https', 'ssh'] as const;
const namespace = 'ops';

/** A home of its own: no plug-in, repository or setting of the person is read. */
const home = mkdtempSync(join(tmpdir(), 'autogit-helm-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function call(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  try {
    const { stdout, stderr } = await run(helm(), [...args], { env: { PATH: process.env.PATH, HOME: home }, cwd: home });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

const valuesOf = (name: string) => ['--values', join(chart, 'ci', `${name}-values.yaml`)];
const template = (name: string, ...more: readonly string[]) =>
  call('template', 'demo', chart, '--namespace', namespace, ...valuesOf(name), ...more);

async function objectsOf(name: string, ...more: readonly string[]): Promise<readonly KubernetesJson[]> {
  const { code, out, err } = await template(name, ...more);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return parseAllDocuments(out).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as KubernetesJson;
  });
}

interface PodSpec {
  readonly containers: readonly [
    {
      readonly image: string;
      readonly args: readonly string[];
      readonly env: readonly { readonly name: string; readonly value?: string }[];
      readonly volumeMounts: readonly { readonly mountPath: string }[];
    },
  ];
}

async function podOf(name: string, ...more: readonly string[]): Promise<PodSpec> {
  const [pod] = podsOf(await objectsOf(name, ...more));
  return pod?.spec as PodSpec;
}

/** What `--set` of a wrong value is answered with. */
async function refusal(...sets: readonly string[]): Promise<string> {
  const { code, err } = await template('smallest', ...sets.flatMap((set) => ['--set', set]));
  expect(code).not.toBe(0);
  return err;
}

describe('the chart', () => {
  it('has values for every case that is tested, and a version that is that of AutoGit', () => {
    expect(readdirSync(join(chart, 'ci')).sort()).toEqual(cases.map((name) => `${name}-values.yaml`).sort());
    const { appVersion } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as { readonly appVersion: string };
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
    expect(appVersion).toBe(version);
  });

  it.each([...cases, undefined])('is found faultless by helm lint --strict: %s', async (name) => {
    const { code, out, err } = await call('lint', '--strict', chart, ...(name === undefined ? [] : valuesOf(name)));
    expect({ code, err: name === undefined ? '' : err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('0 chart(s) failed');
  });

  it.each(cases)('renders the same bytes each time: %s', async (name) => {
    const { out } = await template(name);
    for (let again = 0; again < 4; again += 1) expect((await template(name)).out).toBe(out);
  });

  it.each(cases.flatMap((name) => [[name, '1.28.0'] as const, [name, '1.37.0'] as const]))(
    'is found faultless by kubeconform, strictly: %s, for Kubernetes %s',
    async (name, version) => {
      const file = join(home, `${name}-${version}.yaml`);
      writeFileSync(file, (await template(name)).out);
      const { kubeconform, schemas } = judges();
      const at = join(schemas, `v${version}`, '{{.ResourceKind}}{{.KindSuffix}}.json');
      const { stdout } = await run(kubeconform, [
        '-strict',
        '-summary',
        '-output',
        'json',
        '-schema-location',
        at,
        file,
      ]);
      const { summary } = JSON.parse(stdout) as { readonly summary: Record<string, number> };
      expect(summary).toMatchObject({ valid: (await objectsOf(name)).length, invalid: 0, errors: 0, skipped: 0 });
    },
  );

  it('is for Kubernetes 1.28 and newer', async () => {
    expect((await template('smallest', '--kube-version', '1.28.0')).code).toBe(0);
    expect((await template('smallest', '--kube-version', '1.27.9')).err).toContain(
      'incompatible with Kubernetes v1.27.9',
    );
  });

  it('as a package is the same, without the values of the tests', async () => {
    expect(await call('package', chart, '--destination', home)).toMatchObject({ code: 0 });
    const archive = readdirSync(home).find((name) => name.endsWith('.tgz')) ?? '';
    const { stdout } = await run('tar', ['-tzf', join(home, archive)]);
    expect(stdout).toContain('autogit/values.schema.json');
    expect(stdout).not.toContain('autogit/ci/');
    const packaged = await call(
      'template',
      'demo',
      join(home, archive),
      '--namespace',
      namespace,
      ...valuesOf('https'),
    );
    expect(packaged.out).toBe((await template('https')).out);
  });
});

describe('the guide', () => {
  const guide = readFileSync(join(root, 'docs/guides/running-in-a-cluster.md'), 'utf8');
  const block = (name: string) =>
    parseAllDocuments(new RegExp(`\`\`\`yaml ${name}\\n([^]*?)\`\`\``).exec(guide)?.[1] ?? '').map((each) =>
      each.toJS(),
    );

  it.each([
    ['values', (documents: readonly unknown[]) => documents[0]],
    [
      'argo',
      ([app]: readonly { spec: { source: { helm: { valuesObject: unknown } } } }[]) =>
        app?.spec.source.helm.valuesObject,
    ],
    ['flux', ([, release]: readonly { spec: { values: unknown } }[]) => release?.spec.values],
  ])('has values that the chart takes: %s', async (name, valuesIn) => {
    const values = (valuesIn as (documents: readonly unknown[]) => unknown)(block(name));
    const file = join(home, `guide-${name}.json`);
    writeFileSync(file, JSON.stringify(values));
    const { code, out, err } = await call('template', 'autogit', chart, '--values', file);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('https://git.home.lan/ops/platform.git');
    expect(out).toMatch(/kind: Deployment\nmetadata:\n {2}name: autogit\n/);
  });
});

describe('what runs in the pod', () => {
  it.each(cases)('is a command line that AutoGit understands: %s', async (name) => {
    const { args } = (await podOf(name)).containers[0];
    expect(parsePlain(args, commands)?.command.name).toBe('reconcile');
  });

  it.each(cases)('finds its own credentials where no `secrets: { file }` of a commit can point: %s', async (name) => {
    const mounts = (await podOf(name)).containers[0].volumeMounts.map(({ mountPath }) => mountPath);
    const own = mounts.filter((path) => !path.startsWith('/run/secrets/') && path !== '/etc/autogit/policy.yaml');
    for (const folder of strictPolicy.secretFolders)
      expect(own.filter((path) => `${path}/`.startsWith(folder) || folder.startsWith(`${path}/`))).toEqual([]);
  });

  it.each(cases)('gets every secret by reference alone: %s', async (name) => {
    const objects = await objectsOf(name);
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const { env } = (await podOf(name)).containers[0];
    const literal = env.flatMap(({ name: variable, value }) => (value === undefined ? [] : [variable]));
    expect(literal.filter((variable) => variable !== 'DOCKER_CERT_PATH')).toEqual(['AUTOGIT_STATE']);
  });

  it('has a policy that AutoGit reads, and starts anew when it changes', async () => {
    const objects = await objectsOf('https');
    const map = objects.find(({ kind }) => kind === 'ConfigMap') as unknown as {
      readonly data: Record<string, string>;
    };
    const policy = parsePolicy(map.data['policy.yaml'] ?? '', 'policy.yaml');
    expect(policy).toMatchObject({
      ok: true,
      value: { poolMax: 4, ports: [{ from: 80 }, { from: 443 }, { to: 8100 }] },
    });
    const changed = podsOf(await objectsOf('https', '--set', 'policy.rules.poolMax=5'))[0]?.metadata.annotations;
    expect(changed).not.toEqual(podsOf(objects)[0]?.metadata.annotations);
  });

  it('has an image by digest when one is given', async () => {
    expect((await podOf('https')).containers[0].image).toMatch(/^registry\.example\.org\/autogit:\S+@sha256:0{64}$/);
  });

  it('is one at a time, whatever is asked', async () => {
    const [deployment] = (await objectsOf('smallest')).filter(({ kind }) => kind === 'Deployment');
    expect(deployment?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(await refusal('replicas=2')).toContain("additional properties 'replicas' not allowed");
  });
});

describe('a wrong value is refused with a sentence', () => {
  // For Helm null takes a value away, and a rule without ports would be one for all ports.
  it.each([
    ['image.repository=', 'image.repository is missing: make the image'],
    ['repository.url=', 'repository.url is missing: name the Git repository'],
    ['repository.url=git.example.org/me/platform', 'repository.url is no address that can be followed'],
    ['repository.url=http://git.lan/me/platform', 'repository.url is http://, which anyone on the way can read'],
    ['repository.url=ssh://git@git.lan/me/platform', 'name the Secret with the key and the known hosts'],
    ['credentials.ssh.secretName=key', 'credentials.ssh is for an ssh:// repository'],
    ['image.tagg=1', "at '/image': additional properties 'tagg' not allowed"],
    ['log.level=loud', "at '/log/level': value must be one of 'debug', 'info', 'warn', 'error'"],
    ['policy.rules.port=80', "at '/policy/rules': additional properties 'port' not allowed"],
    ['state.size=big', "at '/state/size'"],
    ['networkPolicy.ports=null', "at '/networkPolicy': missing property 'ports'"],
    ['networkPolicy.enabled=null', "at '/networkPolicy': missing property 'enabled'"],
  ])('%s', async (set, said) => {
    expect(await refusal(set)).toContain(said);
  });

  it('two policies', async () => {
    const said = await refusal('policy.existingConfigMap=other', 'policy.rules.poolMax=2');
    expect(said).toContain('policy.rules and policy.existingConfigMap exclude each other');
  });

  it('a variable that would hand out what is AutoGit’s own', async () => {
    const variable = (name: string) =>
      refusal(...[`name=${name}`, 'secretName=s', 'key=k'].map((set) => `credentials.variables[0].${set}`));
    expect(await variable('AUTOGIT_GIT_TOKEN')).toContain('begin its name with AUTOGIT_SECRET_');
    expect(await variable('NODE_OPTIONS')).toContain('begin its name with AUTOGIT_SECRET_');
  });

  it('an ingress without sign-on, or one that the network policy keeps out', async () => {
    const on = ['ingress.enabled=true', 'ingress.host=autogit.example.org'];
    expect(await refusal(...on)).toContain('the dashboard has no sign-in of its own');
    expect(await refusal(...on, 'ingress.signOn=the company proxy')).toContain('networkPolicy.from is empty');
  });

  it.each([
    'credentials.git.token',
    'credentials.forge.value',
    'credentials.ssh.key',
    'credentials.age.identity',
    'docker.tls.key',
    'env.AUTOGIT_GIT_TOKEN',
    'credentials.variables[0].value',
  ])('a secret in the values, which have no place for one: %s', async (place) => {
    const said = await refusal(`${place}=canary-7f3a`);
    expect(said).toMatch(/additional properties|missing properties/);
    expect(said).not.toContain('canary-7f3a');
  });

  it('a password in the address of the repository, without repeating it', async () => {
    for (const url of [
      'https://me:canary-7f3a@git.lan/p',
      'https://canary-7f3a@git.lan/p',
      'ssh://me:canary-7f3a@git.lan/p',
    ]) {
      const said = await refusal(`repository.url=${url}`);
      expect(said).toContain('repository.url holds a user name or a password');
      expect(said).not.toContain('canary-7f3a');
    }
  });
});

describe('a server whose namespace enforces the restricted level', () => {
  let server: RunningApiServer;
  beforeAll(async () => {
    server = await startApiServer();
    const labels = {
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    };
    await apply(server, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
    const priority = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'platform' },
      value: 1,
    };
    await apply(server, priority);
  });
  afterAll(() => server?.stop());

  const described = (object: KubernetesJson) => `${object.kind} ${object.metadata.name}`;

  it.each(cases)('takes every object and the pod, strictly and without a warning: %s', async (name) => {
    const objects = await objectsOf(
      name,
      '--set',
      name === 'https' ? 'priorityClassName=platform' : 'priorityClassName=',
    );
    for (const object of [...objects, ...podsOf(objects)]) {
      const { status, body, warnings } = await create(server, object, { dryRun: true });
      expect([described(object), status, body.message, warnings]).toEqual([described(object), 201, undefined, []]);
    }
  });

  it('applied again changes nothing', async () => {
    for (const object of await objectsOf('https')) {
      const before = await apply(server, object);
      const after = await apply(server, object);
      const generation = ({ body }: typeof after) => (body.metadata as { readonly generation?: number }).generation;
      expect([described(object), after.status, generation(after)]).toEqual([
        described(object),
        200,
        generation(before),
      ]);
    }
  });
});

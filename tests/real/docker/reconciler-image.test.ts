import { execFile } from 'node:child_process';
import { chown, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { assembleImage } from '../../../scripts/image/assemble-image.ts';
import { type GitServer, startGitServer } from '../../follow/git-http.ts';
import { api, logsOf, runContainer } from './api.ts';
import { available } from './available.ts';
import { importStandIn } from './stand-in-base.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const image = 'registry.test/autogit:1';
const patience = { timeout: 120_000, interval: 500 };

/** As a cluster's restricted level has it. */
const restricted = {
  ReadonlyRootfs: true,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  Tmpfs: { '/tmp': '' },
  Memory: 512 * 2 ** 20,
};

interface Inspected {
  readonly State: {
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
  readonly NetworkSettings: { readonly IPAddress: string };
}

describe.skipIf(!engine.ok)('the image of the reconciler, built on a stand-in for its base', () => {
  let real: TestEngine;
  let work: string;
  let git: GitServer;
  let version: string;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'autogit-reconciler-image-'));
    version = (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }).version;
    real = await startEngine({ tls: true });
    const context = await assembleImage(root, join(work, 'image'));
    await importStandIn(real, 'autogit-test/node:24');
    expect(await buildImage(real.socket, context)).toContain(`Successfully tagged ${image}`);
    git = await startGitServer({ root: join(work, 'repositories'), login: 'oauth2:t0ken', address: real.gateway });
    await commit(`name: home\ndomain: home.test\nhosts: { nas: "${real.tls?.url}" }\n${web('autogit-test/plain:1')}`);
  }, 300_000);
  afterAll(async () => {
    await git?.close();
    await real?.stop();
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  });

  const web = (name: string) => `services:\n  web: { image: "${name}", limits: { cpus: 0.2, memory: 32Mi } }\n`;

  async function commit(text: string): Promise<void> {
    const clone = join(work, 'clone');
    const bare = join(work, 'repositories/platform.git');
    await mkdir(clone, { recursive: true });
    await writeFile(join(clone, 'autogit.yaml'), text);
    const identity = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', '-c', 'commit.gpgSign=false'];
    const call = (...args: readonly string[]) => run('git', [...identity, ...args], { cwd: clone });
    await call('init', '-q', '-b', 'main');
    await call('add', 'autogit.yaml');
    await call('commit', '-q', '-m', 'platform');
    await run('git', ['clone', '-q', '--bare', clone, bare]);
  }

  const inspect = (id: string) => api<Inspected>(real.socket, 'GET', `/containers/${id}/json`);
  const follow = () => ['reconcile', '--repo', `${git.url}/platform.git`, '--allow-http', '--listen', '0.0.0.0'];

  const told = async (id: string) => (await logsOf(real.socket, id)).slice(-20).join('\n');

  /** Runs a program in a container, as `kubectl exec` does. */
  async function exec(
    id: string,
    ...Cmd: readonly string[]
  ): Promise<{ readonly code: number; readonly said: string }> {
    const ask = { Cmd, AttachStdout: true, AttachStderr: true };
    const { Id } = await api<{ Id: string }>(real.socket, 'POST', `/containers/${id}/exec`, ask);
    const said = String(await api<unknown>(real.socket, 'POST', `/exec/${Id}/start`, { Detach: false, Tty: false }));
    const { ExitCode } = await api<{ ExitCode: number }>(real.socket, 'GET', `/exec/${Id}/json`);
    return { code: ExitCode, said };
  }

  it('has the labels, the user and the version of this AutoGit', async () => {
    const { Config } = await api<{ Config: { User: string; Labels: Record<string, string>; Volumes: object } }>(
      real.socket,
      'GET',
      `/images/${image}/json`,
    );
    expect(Config.User).toBe('10001:10001');
    expect(Config.Labels['org.opencontainers.image.version']).toBe(version);
    expect(Object.keys(Config.Volumes)).toEqual(['/var/lib/autogit']);
  });

  it('says its version, without root, without capabilities, on a read-only root', async () => {
    const body = { Image: image, Cmd: ['--version'], HostConfig: restricted };
    const id = await runContainer(real.socket, 'version', body);
    expect(await api(real.socket, 'POST', `/containers/${id}/wait`)).toMatchObject({ StatusCode: 0 });
    expect((await logsOf(real.socket, id)).join('\n').trim()).toBe(`autogit ${version}`);
  });

  it('plays a platform in memory, and its own health check finds it healthy', async () => {
    const id = await runContainer(real.socket, 'played', {
      Image: image,
      Cmd: [...follow(), '--embedded'],
      Env: ['AUTOGIT_GIT_TOKEN=t0ken'],
      Healthcheck: { Interval: 1_000_000_000 },
      // Without a state, what git asks for the token lies here, and Docker mounts a plain tmpfs without the right to run it.
      HostConfig: { ...restricted, Tmpfs: { '/tmp': 'exec' } },
    });
    await vi.waitFor(async () => expect((await inspect(id)).State.Health?.Status).toBe('healthy'), patience);
    const { IPAddress } = (await inspect(id)).NetworkSettings;
    // Node of this machine sees the engine's network through its gateway only, so it is asked from within.
    const ready = ['wget', '-q', '-O', '-', 'http://127.0.0.1:4280/readyz'];
    await vi.waitFor(async () => {
      const { code, said } = await exec(id, ...ready);
      expect({ code, said, told: code === 0 ? '' : await told(id) }).toEqual({ code: 0, said, told: '' });
    }, patience);
    expect((await exec(id, 'wget', '-q', '-O', '-', `http://${IPAddress}:4280/livez`)).said).toContain('421');
    const named = ['wget', '-q', '-O', '-', '--header', 'Host: localhost', `http://${IPAddress}:4280/livez`];
    expect((await exec(id, ...named)).said).toContain('the process answers');
  });

  it('keeps a Docker host over TLS as the repository says, with credentials that only its group may read', async () => {
    const certificates = join(work, 'certificates');
    await cp(real.tls?.certificates ?? '', certificates, { recursive: true });
    for (const name of await readdir(certificates)) await chown(join(certificates, name), 0, 10001);
    await run('chmod', ['-R', 'u=rX,g=rX,o=', certificates]);
    await chown(certificates, 0, 10001);
    const policy = join(work, 'policy.yaml');
    await writeFile(policy, 'registries: [docker.io/autogit-test/, autogit-test/]\n', { mode: 0o444 });
    const id = await runContainer(real.socket, 'reconciler', {
      Image: image,
      Cmd: [...follow(), '--policy', '/etc/autogit/policy.yaml', '--log', 'json'],
      Env: ['AUTOGIT_GIT_TOKEN=t0ken', 'DOCKER_CERT_PATH=/credentials/docker'],
      HostConfig: {
        ...restricted,
        Binds: [`${certificates}:/credentials/docker:ro`, `${policy}:/etc/autogit/policy.yaml:ro`],
      },
    });
    await vi.waitFor(async () => {
      const { code, said } = await exec(id, 'autogit', 'status');
      const well = code === 0 && /all \d+ units are as revision/.test(said);
      expect({ well, said, told: well ? '' : await told(id) }).toEqual({ well: true, said, told: '' });
    }, patience);
    const containers = await api<{ Names: string[] }[]>(real.socket, 'GET', '/containers/json');
    expect(containers.flatMap(({ Names }) => Names)).toContain('/home-web-1');
    expect((await exec(id, 'id', '-u')).said).toContain('10001');
    await api(real.socket, 'POST', `/containers/${id}/stop?t=60`);
    expect((await inspect(id)).State).toMatchObject({ Running: false, ExitCode: 0 });
  });
});

/** Builds with the engine's own builder; resolves with what it said. */
async function buildImage(socketPath: string, context: string): Promise<string> {
  const options = { encoding: 'buffer', maxBuffer: 256 << 20 } as const;
  const { stdout: body } = await run('tar', ['-C', context, '-cf', '-', '.'], options);
  const query = new URLSearchParams({ t: image, buildargs: JSON.stringify({ BASE: 'autogit-test/node:24' }) });
  const headers = { 'content-type': 'application/x-tar', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method: 'POST', path: `/build?${query}`, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve(text));
    });
    call.on('error', reject);
    call.end(body);
  });
}

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../compiler/compile.ts';
import type { Workload } from '../../../compiler/model/platform.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { forgeWatch } from '../../../library/light-forge-watch.ts';
import { freePort } from '../free-port.ts';
import { type LocalProcess, startProcess, stopProcess } from './local-process.ts';
import { buildPrograms } from './programs.ts';

const metricsToken = 'a-token-for-metrics';
const password = 'A-password-4-tests';

/**
 * The settings that the gitea component renders, given to the real program the way its image does it: the variables are
 * applied to an empty `app.ini`, then the forge starts from that file alone.
 */
describe('the settings of the gitea component', () => {
  let dir: string;
  let ini: string;
  let url: string;
  let program: string;
  let sshPort: number;
  let forge: LocalProcess;
  let log: string;

  beforeAll(async () => {
    const programs = await buildPrograms((line) => process.stderr.write(`${line}\n`));
    program = programs.gitea;
    dir = mkdtempSync(join(tmpdir(), 'autogit-settings-'));
    const port = await freePort();
    sshPort = await freePort();
    url = `http://127.0.0.1:${port}`;
    const workload = await forgeWorkload();
    for (const folder of ['data', 'secrets', 'conf', 'tmp']) mkdirSync(join(dir, folder));
    for (const mount of workload.mounts) {
      // As long as the real ones; 43 characters of base64url are 32 bytes.
      if (mount.kind !== 'secret') continue;
      const text = mount.secret === 'forge-metrics-token' ? metricsToken : 'Ab3'.repeat(22);
      writeFileSync(inWorld(mount.path), text.slice(0, lengthOf(mount.secret)));
    }
    ini = join(dir, 'conf/app.ini');
    writeFileSync(ini, '');
    const world = {
      // What differs here from a container: ports and folders of our own, root, and no pages built into the program.
      GITEA__server__HTTP_ADDR: '127.0.0.1',
      GITEA__server__HTTP_PORT: String(port),
      GITEA__server__SSH_LISTEN_PORT: String(sshPort),
      GITEA__server__STATIC_ROOT_PATH: programs.share,
      GITEA____I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: 'true',
      GITEA____WORK_PATH: join(dir, 'data'),
    };
    const env = { PATH: process.env.PATH ?? '', HOME: dir, ...environmentOf(workload), ...world };
    const apply = ['config', 'edit-ini', '--in-place', '--apply-env', '--config', ini];
    await promisify(execFile)(programs.gitea, apply, {
      env: { ...env, GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: 'true' },
    });
    log = join(dir, 'log');
    forge = startProcess('gitea', programs.gitea, ['web', '--config', ini], { cwd: dir, env, log });
    await healthy();
  });

  afterAll(async () => {
    if (forge !== undefined) await stopProcess(forge);
    rmSync(dir, { recursive: true, force: true });
  });

  it('make a forge that is healthy at the path that the health check asks', async () => {
    expect(await (await fetch(`${url}/api/healthz`)).json()).toMatchObject({ status: 'pass' });
  });

  it('leave no installer open to the first visitor', async () => {
    expect((await fetch(`${url}/install`, { redirect: 'manual' })).status).toBe(404);
  });

  it('show metrics to who has the token, with every one that an alert asks for', async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const shown = await (
      await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })
    ).text();
    const { alerts = [] } = forgeWatch(
      { id: 'forge', origin: '/forge', platform: { roles: ['monitoring'] } } as never,
      3000,
      1,
    );
    const names = alerts.flatMap(({ expression }) => expression.match(/process_\w+/g) ?? []);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(shown).toMatch(new RegExp(`^${name} `, 'm'));
  });

  // That of the metrics alone has no other way; the file lies in memory.
  it('keep the keys of the forge out of app.ini', () => {
    const text = readFileSync(ini, 'utf8');
    expect(text).toContain('SECRET_KEY_URI');
    expect(text).not.toContain('Ab3Ab3');
  });

  it('are taken whole: the program rewrites and complains of none', () => {
    // Of this machine, not of the settings: a build without a front end, the root user, the age of its git.
    const lines = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => !/frontend manifest|webtheme|mustNotRunAsRoot|requires Git/.test(line));
    expect(lines.filter((line) => /\[[WEF]\]|deprecat/i.test(line))).toEqual([]);
    expect(readFileSync(ini, 'utf8')).not.toMatch(/^JWT_SECRET\s*=/m);
  });

  it('make the first account that registers the administrator, and let the next one wait for that one', async () => {
    const first = await register('ana');
    expect(first.status).toBe(303);
    expect(await (await asked('ana', '/api/v1/user')).json()).toMatchObject({ login: 'ana', is_admin: true });
    const next = await register('ben');
    expect(await next.text()).toContain('Contact your site administrator');
    expect((await asked('ben', '/api/v1/user')).ok).toBe(false);
    expect(await (await asked('ana', '/api/v1/users/ben')).json()).toMatchObject({ active: false, is_admin: false });
  });

  it('let an administrator be made without registering', async () => {
    const account = ['--admin', '--username', 'cleo', '--email', 'cleo@home.lan', '--random-password'];
    const { stdout } = await promisify(execFile)(program, ['--config', ini, 'admin', 'user', 'create', ...account], {
      env: { PATH: process.env.PATH ?? '', HOME: dir, GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: 'true' },
    });
    expect(stdout).toMatch(/generated random password is '.+'/);
    expect(await (await asked('ana', '/api/v1/users/cleo')).json()).toMatchObject({ active: true, is_admin: true });
  });

  it('open the SSH server', async () => {
    expect(await banner(sshPort)).toMatch(/^SSH-2\.0-/);
  });

  function register(name: string): Promise<Response> {
    const form = { user_name: name, email: `${name}@home.lan`, password, retype: password };
    return fetch(`${url}/user/sign_up`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  }

  function asked(name: string, path: string): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
    return fetch(`${url}${path}`, { headers: { authorization } });
  }

  async function forgeWorkload(): Promise<Workload> {
    const bytes = Buffer.from('name: home\ndomain: home.lan\nforge: gitea\nmonitoring: prometheus\n');
    const { platform } = await compile({ file: 'autogit.yaml', bytes, catalog, targets });
    const workload = platform?.workloads.find(({ id }) => id === 'forge');
    if (workload === undefined) throw new Error('the file has a forge');
    return workload;
  }

  function environmentOf({ environment }: Workload): Record<string, string> {
    return Object.fromEntries(
      environment.map(({ name, value }) => [name, value.kind === 'text' ? inWorld(value.text) : '']),
    );
  }

  /** A path of the container, in the folder of this test. */
  function inWorld(text: string): string {
    return text
      .replaceAll('/var/lib/gitea', join(dir, 'data'))
      .replaceAll('/run/secrets', join(dir, 'secrets'))
      .replaceAll('/etc/gitea/conf', join(dir, 'conf'));
  }

  async function healthy(): Promise<void> {
    for (const end = Date.now() + 120_000; Date.now() < end; ) {
      const answer = await fetch(`${url}/api/healthz`).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(200);
    }
    throw new Error(`the forge does not get healthy:\n${readFileSync(log, 'utf8')}`);
  }
});

function lengthOf(secret: string): number {
  return secret.includes('jwt') ? 43 : 64;
}

function banner(port: number): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (data) => {
      socket.destroy();
      done(data.toString());
    });
    socket.once('error', fail);
  });
}

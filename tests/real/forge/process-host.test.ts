import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, type Program } from '../../faults/program.ts';
import type { Reconciler } from '../main-job/reconciler.ts';
import { makeRepository, type Repository } from '../main-job/repository.ts';
import { available } from './available.ts';
import { startTime } from './local-process.ts';
import { type Forge, startForge } from './start-forge.ts';

const here = await available();
const SLOW_MS = 240_000;

interface Job {
  readonly status: string;
  readonly conclusion?: string;
  readonly runner_name?: string;
}

/** The whole reconciler, as people run it, on a machine without containers. Steps of one story, in order. */
describe.skipIf(!here.ok)('a host whose runners are processes, with the whole reconciler', () => {
  let forge: Forge;
  let program: Program;
  let repository: Repository;
  let reconciler: Reconciler;
  let folder: string;
  let revision: string;

  const file = (): string => `name: home
domain: home.test
gitops: { repository: "${repository.url}", interval: 1s }
hosts: { mac: { engine: process } }
forge: { use: gitea, url: "${forge.url}" }
runners:
  linux:
    labels: [linux]
    size: { max: 3, idleTime: 5s }
    limits: { cpus: 0.1, memory: 64Mi }
`;

  async function startService(): Promise<Reconciler> {
    const args = ['--repo', repository.url, '--branch', 'main', '--allow-http', '--jobs-interval', '500ms'];
    const policy = ['--policy', join(folder, 'policy.yaml')];
    return program.service([...args, ...policy], join(folder, 'state'), { AUTOGIT_FORGE_TOKEN: forge.token });
  }

  beforeAll(async () => {
    program = await buildProgram();
    forge = await startForge();
    folder = program.folder();
    repository = await makeRepository(forge, program.folder());
    writeFileSync(join(folder, 'policy.yaml'), `processPrograms: [${forge.runner}]\n`, { mode: 0o600 });
    revision = await repository.push(file(), 'runners on the mac');
    reconciler = await startService();
  });

  afterAll(async () => {
    if (reconciler?.process.exitCode === null) await reconciler.kill();
    // Only after a failure: the forge goes, and what waits for it goes too.
    for (const { pid } of alive()) process.kill(-pid, 'SIGKILL');
    await forge?.stop();
    await program?.close();
  });

  const jobs = async (): Promise<readonly Job[]> =>
    ((await forge.api('GET', '/admin/actions/jobs?limit=50')) as { readonly jobs: readonly Job[] }).jobs;
  const gate = (): string => join(folder, 'gate');

  /** Folders of runners: `state/runners/mac/home.<deployment>/<name>`. */
  function runnerFolders(): readonly string[] {
    const base = join(folder, 'state/runners/mac');
    const deployments = existsSync(base) ? readdirSync(base) : [];
    return deployments.flatMap((each) => readdirSync(join(base, each)).map((name) => join(base, each, name))).sort();
  }

  /** Runner processes that live, each with the start time that tells it from a later one with its number. */
  function alive(): readonly { readonly pid: number; readonly started: string }[] {
    return runnerFolders().flatMap((path) => {
      const note = join(path, 'pid');
      const pid = existsSync(note) ? Number(readFileSync(note, 'utf8')) : 0;
      const started = pid === 0 ? undefined : startTime(pid);
      return started === undefined ? [] : [{ pid, started }];
    });
  }

  it('is taken from the repository, with nothing to run yet', async () => {
    const status = await reconciler.until(
      'the file is in force',
      (each) => each.revision?.revision === revision && each.revision.state === 'applied' && each.health === 'ok',
    );
    expect(status.pools).toMatchObject([{ pool: 'linux', size: 0, max: 3, queued: 0, busy: 0 }]);
    expect(runnerFolders()).toEqual([]);
  });

  it('gets real runner processes for the jobs that wait, up to its maximum', async () => {
    await forge.queueJobs([{ count: 5, labels: ['linux'] }], {
      command: `until [ -e ${gate()} ]; do sleep 0.2; done`,
    });
    const grown = await reconciler.until('three jobs run', ({ pools }) => pools[0]?.busy === 3, SLOW_MS);
    expect(grown.pools[0]).toMatchObject({ size: 3, queued: 2 });
    expect(alive()).toHaveLength(3);
    expect((await jobs()).filter(({ status }) => status === 'in_progress')).toHaveLength(3);
  });

  it('keeps them when the reconciler is killed, and the next one takes them over', async () => {
    const before = alive();
    await reconciler.kill();
    expect(alive()).toEqual(before);
    reconciler = await startService();
    const again = await reconciler.until('the pool is known again', ({ pools }) => pools[0]?.busy === 3, SLOW_MS);
    expect(again.pools[0]).toMatchObject({ size: 3, queued: 2 });
    const { cycle } = again;
    await reconciler.until('some cycles more', (status) => status.cycle.number > cycle.number + 2);
    expect(alive()).toEqual(before);
    expect((await jobs()).filter(({ status }) => status === 'in_progress')).toHaveLength(3);
  });

  it('has every job done by a runner of its own, and is empty again', async () => {
    writeFileSync(gate(), '');
    await expect
      .poll(async () => (await jobs()).map(({ conclusion }) => conclusion), { timeout: SLOW_MS, interval: 500 })
      .toEqual(Array(5).fill('success'));
    expect(new Set((await jobs()).map((job) => job.runner_name)).size).toBe(5);
    await reconciler.until(
      'the pool is empty',
      ({ pools }) => pools[0]?.size === 0 && pools[0].busy === 0 && pools[0].queued === 0,
      SLOW_MS,
    );
    await expect.poll(runnerFolders, { timeout: SLOW_MS }).toEqual([]);
    const registered = async () =>
      ((await forge.api('GET', '/admin/actions/runners')) as { readonly total_count: number }).total_count;
    await expect.poll(registered, { timeout: SLOW_MS }).toBe(0);
    expect(await reconciler.stop()).toBe(0);
  });
});

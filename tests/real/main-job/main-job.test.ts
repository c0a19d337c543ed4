/**
 * The main job as one story, told in order, on real parts: a Docker Engine, a forge with its runner, and the reconciler
 * as its own process that is started from the bundle.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Status } from '../../../reconciler/model/status.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 600_000);
afterAll(() => world?.stop());

/** State and exact identity of a container, by its name. */
async function inspect(name: string) {
  return world.docker.getContainer(name).inspect();
}

async function idOf(name: string): Promise<string> {
  return (await inspect(name)).Id;
}

/** The command lines of what runs in a container. */
async function commandsIn(name: string): Promise<string> {
  const { Titles, Processes } = await world.docker.getContainer(name).top();
  return Processes.map((process: readonly string[]) => process[Titles.indexOf('CMD')]).join('\n');
}

const applied = (revision: string) => (status: Status) =>
  status.revision?.revision === revision && status.revision.state === 'applied' && status.health === 'ok';

let first: string;

it('1. first push: the containers run and are healthy; dashboard and commit say so', async () => {
  first = await world.repository.push(world.file(), 'first');
  await world.startReconciler();
  const status = await world.reconciler.until('first revision applied', applied(first));
  expect((await inspect('home-web-1')).State.Health?.Status ?? 'none').toMatch(/healthy|starting/);
  expect(status.units.filter((unit) => unit.kind === 'container').map((unit) => [unit.id, unit.state])).toEqual([
    ['container/local/notes', 'ok'],
    ['container/local/visitor', 'ok'],
    ['container/local/web', 'ok'],
  ]);
  await expect.poll(async () => (await world.commitStatuses(first))[0], { timeout: 60_000 }).toMatch(/^success: /);
});

it('2. a changed image: only that container is replaced, and no visit fails meanwhile', async () => {
  const others = async () => ({ visitor: await idOf('home-visitor-1'), notes: await idOf('home-notes-1') });
  const before = await others();
  const web = await idOf('home-web-1');
  const endVisits = await world.visit();
  const revision = await world.repository.push(world.file({ image: 'autogit-test/http:2' }), 'web 2');
  await world.reconciler.until('web replaced', applied(revision));
  const visits = await endVisits();
  expect((await inspect('home-web-1')).Config.Image).toBe('autogit-test/http:2');
  expect(await idOf('home-web-1')).not.toBe(web);
  expect(await others()).toEqual(before);
  expect(Object.keys(visits.answers), JSON.stringify(visits)).toEqual(['1', '2']);
  // A request that the old container was serving when it left may be cut; there is no time without an answer.
  expect(visits.failures.length, visits.failures.join('\n')).toBeLessThanOrEqual(1);
  expect(visits.longestGapMs).toBeLessThan(5000);
});

it('3. six jobs: the pool grows, all succeed on runners of their own, it shrinks, nobody was stopped at work', async () => {
  await world.forge.queueJobs([{ count: 6, labels: ['linux'] }], { seconds: 8 });
  let most = 0;
  const idle = await world.reconciler.until('all jobs done and the pool empty', (status) => {
    const pool = status.pools[0];
    most = Math.max(most, pool?.size ?? 0);
    return most > 0 && pool?.size === 0 && pool.queued === 0 && pool.busy === 0;
  });
  expect(most).toBe(3);
  expect(idle.pools[0]?.max).toBe(3);
  const { jobs } = (await world.forge.api('GET', '/admin/actions/jobs?limit=50')) as {
    readonly jobs: readonly { readonly conclusion: string; readonly runner_name: string }[];
  };
  expect(jobs.map((job) => job.conclusion)).toEqual(Array(6).fill('success'));
  expect(new Set(jobs.map((job) => job.runner_name)).size).toBe(6);
  await expect
    .poll(() => world.containers(), { timeout: 60_000 })
    .toEqual(['/home-notes-1', '/home-visitor-1', '/home-web-1']);
  const { runners } = (await world.forge.api('GET', '/admin/actions/runners')) as {
    readonly runners: readonly unknown[];
  };
  expect(runners).toEqual([]);
});

it('4. a broken file: nothing changes, and the commit status names the line', async () => {
  const before = await world.containers();
  const ids = await Promise.all(before.map((name) => idOf(name.slice(1))));
  const broken = world.file({ image: 'autogit-test/http:2' }).replace('    port: 8080', '    prot: 8080');
  const revision = await world.repository.push(broken, 'typo');
  await expect
    .poll(async () => (await world.commitStatuses(revision))[0], { timeout: 60_000 })
    .toMatch(/^(failure|error): /);
  const line = broken.split('\n').findIndex((text) => text.includes('prot:')) + 1;
  expect((await world.commitStatuses(revision))[0]).toContain(`autogit.yaml:${line}`);
  await world.reconciler.until('rejected', ({ history }) =>
    history.some((record) => record.revision === revision && record.state === 'rejected'),
  );
  expect(await Promise.all((await world.containers()).map((name) => idOf(name.slice(1))))).toEqual(ids);
});

it('5. a revision that never gets healthy: rolled back and quarantined; the next good commit goes through', async () => {
  const endVisits = await world.visit();
  const sick = await world.repository.push(world.file({ image: 'autogit-test/never:1' }), 'sick');
  await world.reconciler.until('quarantined', (status) =>
    status.history.some((record) => record.revision === sick && record.state === 'quarantined'),
  );
  await expect
    .poll(async () => (await world.commitStatuses(sick))[0], { timeout: 60_000 })
    .toMatch(/^(failure|error): /);
  await world.reconciler.until('rolled back', (status) => status.units.every((unit) => unit.state === 'ok'));
  expect((await inspect('home-web-1')).Config.Image).toBe('autogit-test/http:2');
  expect((await inspect('home-web-1')).State.Running).toBe(true);
  const visits = await endVisits();
  expect(visits.failures.length, visits.failures.join('\n')).toBeLessThanOrEqual(1);
  expect(Object.keys(visits.answers)).toEqual(['2']);
  const good = await world.repository.push(
    world.file({ image: 'autogit-test/http:2', greeting: 'again' }),
    'good again',
  );
  await world.reconciler.until('good commit applied', applied(good));
  expect((await inspect('home-web-1')).Config.Env).toContain('GREETING=again');
});

it('6. a service removed: pruned, its volume kept', async () => {
  const revision = await world.repository.push(world.file({ image: 'autogit-test/http:2', notes: false }), 'no notes');
  await world.reconciler.until('notes gone', applied(revision));
  await expect.poll(() => world.containers(), { timeout: 60_000 }).toEqual(['/home-visitor-1', '/home-web-1']);
  const { Volumes } = await world.docker.listVolumes();
  expect(Volumes.map((volume) => volume.Name)).toContain('home-notes-data');
});

it('7. a container changed by hand: corrected, and said so', async () => {
  await world.docker.getContainer('home-web-1').update({ Memory: 64 << 20, MemorySwap: 128 << 20 });
  await expect.poll(async () => (await inspect('home-web-1')).HostConfig.Memory, { timeout: 60_000 }).toBe(32 << 20);
  await world.docker.getContainer('home-visitor-1').stop({ t: 0 });
  await expect.poll(async () => (await inspect('home-visitor-1')).State.Running, { timeout: 60_000 }).toBe(true);
  const corrected = (status: Status) =>
    status.events.filter((event) => event.event.startsWith('drift')).map((event) => event.subject);
  await world.reconciler.until('both corrections told', (status) =>
    ['update-container:container/local/web', 'start-container:container/local/visitor'].every((subject) =>
      corrected(status).includes(subject),
    ),
  );
});

it('8. the forge is down: the size of the pool is held and nothing is done', async () => {
  await world.forge.queueJobs([{ count: 1, labels: ['linux'] }], { seconds: 40 });
  await world.reconciler.until('one runner busy', (status) => status.pools[0]?.busy === 1);
  const before = await world.containers();
  // The forge calls it busy before the runner has the job in its hands; a forge that stops in between loses the job.
  const runner = before.find((name) => name.startsWith('/home-linux-'))?.slice(1) ?? '';
  await expect.poll(() => commandsIn(runner), { timeout: 60_000 }).toContain('sleep 40');
  await world.forge.down();
  const held = await world.reconciler.until('held', (status) => status.pools[0]?.decision?.held === true);
  expect(held.pools[0]?.size).toBe(1);
  await sleep(3000);
  expect(await world.containers()).toEqual(before);
  await world.forge.up();
  await world.reconciler.until(
    'idle again',
    (status) => status.pools[0]?.size === 0 && status.source.failure === undefined,
    240_000,
  );
});

it('9. engine restart and SIGKILL in mid-apply: the same end state after a start, nothing twice', async () => {
  const revision = await world.repository.push(
    world.file({ image: 'autogit-test/http:1', greeting: 'killed', notes: true }),
    'killed half way',
  );
  // The moment when the new container exists and the old one too.
  await expect
    .poll(async () => (await world.containers()).join(' '), { timeout: 60_000, interval: 20 })
    .toMatch(/\.next|\.old|notes/);
  await world.reconciler.kill();
  await world.engine.ctl('restart');
  await world.startReconciler();
  await world.reconciler.until('the end state', applied(revision), 240_000);
  await expect
    .poll(() => world.containers(), { timeout: 60_000 })
    .toEqual(['/home-notes-1', '/home-visitor-1', '/home-web-1']);
  expect((await inspect('home-web-1')).Config.Env).toContain('GREETING=killed');
  const { Volumes } = await world.docker.listVolumes();
  expect(Volumes.filter((volume) => volume.Name.includes('notes')).map((volume) => volume.Name)).toEqual([
    'home-notes-data',
  ]);
});

it('10. idle cycles write nothing to the engine', async () => {
  const start = await world.reconciler.until('calm', (status) => status.health === 'ok');
  const before = { writes: world.proxy.writes().length, calls: world.proxy.calls.length };
  await world.reconciler.until('ten more cycles', (status) => status.cycle.number >= start.cycle.number + 10);
  expect(world.proxy.writes().slice(before.writes)).toEqual([]);
  expect(world.proxy.calls.length).toBeGreaterThan(before.calls);
});

it('stops politely, and its state can be looked at afterwards', async () => {
  writeFileSync(join(world.folder, 'last-status.json'), JSON.stringify(await world.reconciler.status()));
  expect(await world.reconciler.stop()).toBe(0);
});

import { describe, expect, it } from 'vitest';
import { compileOnce } from '../fakes/platform-compiler.ts';
import { createStage } from '../fakes/stage.ts';

const file = (image: string) => `name: home
domain: home.lan
forge: gitea
services:
  web: { image: "${image}", port: 80 }
runners:
  linux: { labels: [docker], size: { max: 3 }, limits: { cpus: 1, memory: 1Gi } }
`;

/** Lets the loop run for this long. */
async function running(
  seconds: number,
  during: (stage: ReturnType<typeof createStage>) => void = () => {},
  first = file('web:1'),
) {
  // Loading the compiler takes real time, in which the made-up clock must not run on.
  await compileOnce({ file: 'autogit.yaml', bytes: new TextEncoder().encode(file('web:1')) });
  await compileOnce({ file: 'autogit.yaml', bytes: new TextEncoder().encode(file('web:2')) });
  const stage = createStage();
  stage.secrets['forge-token'] = 'abc';
  stage.commit(first);
  const stop = new AbortController();
  const cycles: number[] = [];
  stage.reconciler.subscribe(({ cycle }) => {
    if (cycle.number !== cycles.length) cycles.push(stage.clock.now());
  });
  const run = stage.reconciler.run(stop.signal);
  const end = stage.clock.sleep(seconds * 1000, new AbortController().signal).then(() => stop.abort());
  during(stage);
  await stage.clock.run(Promise.all([run, end]));
  return { stage, cycles };
}

const later = (stage: ReturnType<typeof createStage>, seconds: number, what: () => void) =>
  void stage.clock.sleep(seconds * 1000, new AbortController().signal).then(what);

describe('when a cycle runs', () => {
  it('follows the interval of the file when nothing happens, and does nothing then', async () => {
    const { stage, cycles } = await running(310);
    expect(cycles.length).toBeGreaterThanOrEqual(10);
    expect(cycles.length).toBeLessThanOrEqual(14);
    expect(stage.world().containers.map(({ name }) => name)).toContain('home-web-1');
  });

  it('sees a new commit at the next interval', async () => {
    const { stage } = await running(100, (now) => later(now, 50, () => now.commit(file('web:2'))));
    expect(stage.world().containers.map(({ spec }) => spec.image)).toContain('web:2');
  });

  it('asks the source at the interval that the file names, from the first reading on', async () => {
    const often = (image: string) => `${file(image)}gitops: { interval: 2s }\n`;
    const { stage } = await running(20, (now) => later(now, 10, () => now.commit(often('web:2'))), often('web:1'));
    expect(stage.world().containers.map(({ spec }) => spec.image)).toContain('web:2');
  });

  it('looks at once when an engine says that something changed', async () => {
    let stoppedAt = 0;
    const { stage } = await running(45, (now) =>
      later(now, 40, () => {
        const web = now.world().containers.find(({ name }) => name === 'home-web-1');
        Object.assign(web ?? {}, { state: 'exited', exitCode: 1 });
        stoppedAt = now.clock.now();
        now.engine().notify();
      }),
    );
    const web = stage.world().containers.find(({ name }) => name === 'home-web-1');
    expect(web?.state).toBe('running');
    expect((web?.startedAt ?? 0) - stoppedAt).toBeLessThan(2000);
  });

  it('notices a job within one poll of the queue', async () => {
    const { stage } = await running(58, (now) => later(now, 40, () => now.forge.queue(2, 'docker')));
    expect(stage.world().runners).toHaveLength(2);
  });

  it('stops when it is asked to, and ends what runs', async () => {
    const { stage } = await running(1);
    expect(stage.store.interrupted()).toEqual([]);
  });
});

describe('a plan that was looked at', () => {
  it('is applied as it was, and not when the world moved on', async () => {
    const stage = createStage();
    stage.secrets['forge-token'] = 'abc';
    stage.commit(file('web:1'));
    const made = await stage.clock.run(stage.reconciler.plan());
    if (!made.ok) throw new Error(made.problem.sentence);
    stage.commit(file('web:2'));
    const refused = await stage.clock.run(stage.reconciler.applyPlan(made.plan.digest));
    expect(refused.problem?.kind).toBe('changed');
    expect(stage.world().writes).toBe(0);
    const again = await stage.clock.run(stage.reconciler.plan());
    const done = await stage.clock.run(stage.reconciler.applyPlan(again.ok ? again.plan.digest : ''));
    expect(done.clean).toBe(true);
    expect(stage.world().containers.map(({ spec }) => spec.image)).toContain('web:2');
  });
});

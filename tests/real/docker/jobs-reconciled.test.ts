import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildProgram, type Program } from '../../faults/program.ts';
import type { Reconciler } from '../main-job/reconciler.ts';
import { available } from './available.ts';
import { importImage } from './import-image.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const limits = 'limits: { cpus: 0.2, memory: 32Mi }';

/** The whole reconciler as a service on a real engine. */
describe.skipIf(!engine.ok)('jobs of a platform on a real engine', () => {
  let real: TestEngine;
  let program: Program;
  beforeAll(async () => {
    program = await buildProgram();
    real = await startEngine();
    await importImage(real, { tag: 'autogit-test/filler:1' });
  });
  afterAll(async () => {
    await program?.close();
    await real?.stop();
  });

  it('run before what waits for them, by the minute, and are told when they fail; another reconciler goes on', async () => {
    const folder = program.folder();
    const [file, state] = [join(folder, 'autogit.yaml'), join(folder, 'state')];
    const image = 'image: "autogit-test/plain:1", entrypoint: [sh, -c]';
    const write = (migrate: string) =>
      writeFileSync(
        file,
        `name: jobs
domain: home.test
hosts: { local: "${real.url}" }
gitops: { interval: 1h, rollback: off }
services:
  migrate: { ${image}, command: ["${migrate}"], schedule: once, ${limits} }
  web: { ${image}, command: ["while :; do sleep 1; done"], needs: { migrate: done }, ${limits} }
  tick: { ${image}, command: ["echo tick"], schedule: "* * * * *", ${limits} }
`,
      );
    write('sleep 3');
    const start = () => program.service(['--file', file], state, { AUTOGIT_FILLER_IMAGE: 'autogit-test/filler:1' });
    const first = await start();
    const unit = async (from: Reconciler, name: string) =>
      (await from.status()).units.find(({ id }) => id === `container/local/${name}`);
    const patience = { timeout: 150_000, interval: 500 };

    await vi.waitFor(async () => expect((await unit(first, 'web'))?.state).toBe('ok'), patience);
    expect(await unit(first, 'migrate')).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/^ended well after/),
    });

    // The interval is an hour: what runs the minute's job is that it is due.
    await vi.waitFor(
      async () => expect((await unit(first, 'tick'))?.detail).toMatch(/^ended well after \d+ s; the next run is at /),
      patience,
    );
    const { events } = await first.status();
    const said = events.map(({ event }) => event);
    expect(said).toEqual(expect.arrayContaining(['job.started', 'job.done', 'revision.applied']));
    await first.kill();

    write('echo no such table; exit 4');
    const second = await start();
    await vi.waitFor(
      async () =>
        expect(await unit(second, 'migrate')).toMatchObject({
          state: 'failed',
          detail: expect.stringContaining('ended with code 4'),
        }),
      patience,
    );
    const failed = (await second.status()).events.find(({ event }) => event === 'job.failed');
    expect(failed?.detail).toContain('its last lines: no such table');
    expect(await unit(second, 'web')).toMatchObject({ state: 'ok' });
  });
});

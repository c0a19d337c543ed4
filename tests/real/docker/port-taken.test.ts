import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildProgram, type Program, type Said } from '../../faults/program.ts';
import { available } from './available.ts';
import { holdPort } from './hold-port.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const byProgram = (port: number) =>
  new RegExp(
    `a port of \\S+-web-1 \\(${port}/tcp\\) is taken by a program on the host: stop it \\(ss -ltnp shows which\\) or choose another port`,
  );

/** A web server of the host has the port that a service is to publish. */
describe.skipIf(!engine.ok)('a port that is taken on the host, by command line', () => {
  let real: TestEngine;
  let docker: Docker;
  let program: Program;
  beforeAll(async () => {
    program = await buildProgram();
    real = await startEngine();
    docker = new Docker({ socketPath: real.socket });
  });
  afterAll(async () => {
    await program?.close();
    await real?.stop();
  });

  function platform(name: string, port: number) {
    const folder = program.folder();
    const file = join(folder, 'autogit.yaml');
    const publish = (at: number): void =>
      writeFileSync(
        file,
        `name: ${name}
domain: home.test
hosts: { local: "${real.url}" }
services:
  web:
    image: autogit-test/http:1
    ports: { page: { port: 8080, publish: ${at} } }
    health: { exec: [test, -f, /tmp/healthy], interval: 5s, start: 20s }
    limits: { cpus: 0.2, memory: 32Mi }
`,
      );
    publish(port);
    const flags = ['--file', file, '--state', join(folder, 'state')];
    return {
      publish,
      plan: () => program.run(['plan', ...flags]),
      apply: (digest: string) => program.run(['apply', '--plan', digest, ...flags, '--log', 'text']),
      once: () => program.run(['reconcile', '--once', ...flags, '--log', 'text']),
    };
  }

  const containers = async (name: string) =>
    (await docker.listContainers({ all: true }))
      .filter(({ Names }) => Names[0]?.startsWith(`/${name}-`))
      .map(({ Names, Id, State }) => `${Names[0]} ${Id} ${State}`);
  /** The next run after the wait that the one before told of; until then a run holds it and is no failed try. */
  const succeeds = (once: () => Promise<Said>) =>
    vi.waitFor(
      async () => {
        const said = await once();
        if (said.code !== 0) expect(said.err).toMatch(/failed once: .*the next try is 10 s after the last one/);
        expect(said.code).toBe(0);
      },
      { timeout: 120_000, interval: 1000 },
    );
  const answerAt = (port: number) =>
    vi.waitFor(async () => (await fetch(`http://${real.address}:${port}/`)).text(), { timeout: 60_000, interval: 200 });

  it('at a first start: 1 and the next step, nothing half made is left; once it is free the next run succeeds', async () => {
    const release = await holdPort(real, 18_085);
    const { plan, apply, once } = platform('fresh', 18_085);
    const digest = /--plan ([0-9a-f]{64})/.exec((await plan()).out)?.[1] ?? '';
    const refused = await apply(digest);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(byProgram(18_085));
    expect(refused.err).not.toMatch(/^\s+at /m);
    expect(await containers('fresh')).toEqual([]);
    await release();
    await succeeds(once);
    expect(await answerAt(18_085)).toMatch(/^1 /);
  });

  it('at a change: the old container goes on at its old port; once it is free the next run moves it', async () => {
    const { publish, once, plan } = platform('moves', 18_086);
    expect(await once()).toMatchObject({ code: 0 });
    const before = await containers('moves');
    const release = await holdPort(real, 18_087);
    publish(18_087);
    const refused = await once();
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(byProgram(18_087));
    expect(await containers('moves')).toEqual(before);
    expect(await answerAt(18_086)).toMatch(/^1 /);
    await release();
    await succeeds(once);
    expect(await containers('moves')).toHaveLength(1);
    expect(await answerAt(18_087)).toMatch(/^1 /);
    expect(await plan()).toMatchObject({ code: 0, out: expect.stringMatching(/^No changes/) });
  });
});

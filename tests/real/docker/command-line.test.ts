import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildProgram, type Program } from '../../faults/program.ts';
import { startApiProxy } from './api-proxy.ts';
import { available } from './available.ts';
import { importImage } from './import-image.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const env = { AUTOGIT_FILLER_IMAGE: 'autogit-test/filler:1' };
const limits = 'limits: { cpus: 0.2, memory: 32Mi }';
const web = `  web: { image: "autogit-test/plain:1", ${limits} }\n`;
const notes = `  notes: { image: "autogit-test/plain:1", volumes: { data: /data }, ${limits} }\n`;
const pin = `secrets: { pin: { env: PIN } }\nservices:\n  web: { image: "autogit-test/plain:1", environment: { PIN_FILE: { secret: pin } }, ${limits} }\n`;

/** The command line as a person uses it at night, on a real engine. */
describe.skipIf(!engine.ok)('the command line on a real engine', () => {
  let real: TestEngine;
  let docker: Docker;
  let program: Program;
  beforeAll(async () => {
    program = await buildProgram();
    real = await startEngine();
    await importImage(real, { tag: 'autogit-test/filler:1' });
    docker = new Docker({ socketPath: real.socket });
  });
  afterAll(async () => {
    await program?.close();
    await real?.stop();
  });

  function platform(name: string, services = `services:\n${web}`, url = real.url) {
    const folder = program.folder();
    const file = join(folder, 'autogit.yaml');
    const state = join(folder, 'state');
    const say = (text: string, socket = url) =>
      writeFileSync(file, `name: ${name}\ndomain: home.test\nhosts: { local: "${socket}" }\n${text}`);
    say(services);
    const flags = ['--file', file, '--state', state];
    return {
      file,
      state,
      flags,
      say,
      plan: (more: Record<string, string> = {}) => program.run(['plan', ...flags], { env: { ...env, ...more } }),
      once: (more: Record<string, string> = {}) =>
        program.run(['reconcile', '--once', ...flags, '--log', 'text'], { env: { ...env, ...more } }),
    };
  }

  const idsOf = async (prefix: string) =>
    Object.fromEntries(
      (await docker.listContainers({ all: true }))
        .map(({ Names, Id }) => [Names[0]?.slice(1) ?? '', Id] as const)
        .filter(([name]) => name.startsWith(prefix))
        .sort(),
    );
  const volumes = async () => (await docker.listVolumes()).Volumes.map(({ Name }) => Name).sort();
  const networks = async (prefix: string) =>
    (await docker.listNetworks())
      .map(({ Name }) => Name)
      .filter((name) => name.startsWith(prefix))
      .sort();

  it('plans without one write, twice the same; applies exactly that; a second run does nothing', async () => {
    const proxy = await startApiProxy(real.socket);
    const { file, state, flags, once, plan } = platform('calm', `services:\n${web}`, proxy.url);
    const first = await plan();
    expect(first).toMatchObject({ code: 2, err: '' });
    expect((await plan()).out).toBe(first.out);
    expect(proxy.writes()).toEqual([]);
    expect(existsSync(state)).toBe(false);
    const refused = await program.run(['apply', '--plan', 'f'.repeat(64), ...flags], { env });
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/the plan is now [0-9a-f]{12}/) });
    expect(proxy.writes()).toEqual([]);
    const digest = /--plan ([0-9a-f]{64})/.exec(first.out)?.[1] ?? '';
    expect(await program.run(['apply', '--plan', digest, ...flags], { env })).toMatchObject({ code: 0 });
    const writes = proxy.writes().length;
    expect(await once()).toMatchObject({ code: 0, err: '' });
    expect(await plan()).toMatchObject({ code: 0, out: expect.stringMatching(/^No changes/) });
    // A network's check by the engine is a read; only health checks by exec are not.
    expect(
      proxy
        .writes()
        .slice(writes)
        .filter(({ path }) => !path.includes('/exec')),
    ).toEqual([]);
    expect(file).toContain('autogit.yaml');
    await proxy.close();
  });

  it('does not rename a platform: nothing is made beside it, nothing of it is lost', async () => {
    const { file, say, once, plan } = platform('old', `services:\n${notes}`);
    expect((await once()).code).toBe(0);
    const before = await idsOf('old-');
    writeFileSync(file, `name: new\ndomain: home.test\nhosts: { local: "${real.url}" }\nservices:\n${notes}`);
    const said = await once();
    expect(said.code).toBe(1);
    expect(said.err).toMatch(/autogit\.yaml:1:7 the platform old is called new now, and a platform cannot be renamed/);
    expect((await plan()).code).toBe(1);
    expect(await idsOf('new-')).toEqual({});
    expect(await idsOf('old-')).toEqual(before);
    expect(await volumes()).toContain('old-notes-data');
    say(`services:\n${notes}`);
    expect((await once()).code).toBe(0);
    expect(await idsOf('old-')).toEqual(before);
  });

  it('a file without services removes nothing', async () => {
    const { say, once } = platform('none', `services:\n${notes}`);
    expect((await once()).code).toBe(0);
    const before = await idsOf('none-');
    say('');
    const said = await once();
    expect(said).toMatchObject({
      code: 1,
      err: expect.stringMatching(/held subject=none .*the file asks for nothing.*next=/),
    });
    expect(await idsOf('none-')).toEqual(before);
  });

  it('container, network and volume removed by hand come back, and the lost data is said', async () => {
    const { once, plan } = platform('hand', `services:\n${notes}`);
    expect((await once()).code).toBe(0);
    await docker.getContainer('hand-notes-1').remove({ force: true });
    await docker.getVolume('hand-notes-data').remove();
    await docker.getNetwork('hand-notes-alone').remove();
    const said = await plan();
    expect(said.out).toMatch(/container notes on local \(removed by others\)/);
    expect(said.out).toMatch(/network notes-alone on local \(removed by others\)/);
    expect(said.out).toMatch(
      /volume notes-data on local \(removed by others, its data with it; a new, empty one is made\)/,
    );
    expect((await once()).code).toBe(0);
    expect(Object.keys(await idsOf('hand-'))).toEqual(['hand-notes-1']);
  });

  it('a secret that is not set holds its container, with the network that it is on; given, it goes on', async () => {
    const { say, once } = platform(
      'shy',
      `services:\n  web: { image: "autogit-test/plain:1", ports: { x: { port: 80, publish: 18081 } }, ${limits} }\n`,
    );
    expect((await once()).code).toBe(0);
    const before = await idsOf('shy-');
    say(pin);
    const held = await once();
    expect(held).toMatchObject({
      code: 1,
      err: expect.stringMatching(/environment variable PIN, which is not set; set it/),
    });
    expect(held.err).not.toMatch(/action\.failed/);
    expect(await idsOf('shy-')).toEqual(before);
    expect(await networks('shy-')).toContain('shy-web-outside');
    const done = await once({ PIN: 'canary-4711-pin' });
    expect(done.code).toBe(0);
    expect(done.out + done.err).not.toContain('canary-4711-pin');
    expect(await networks('shy-')).not.toContain('shy-web-outside');
    expect(JSON.stringify(await docker.getContainer('shy-web-1').inspect())).not.toContain('canary-4711-pin');
  });

  it('leaves a container of someone else alone that has the name, and says whose it is', async () => {
    const foreign = await docker.createContainer({ name: 'guest-web-1', Image: 'autogit-test/plain:1' });
    const { once, plan } = platform('guest');
    expect(await once()).toMatchObject({
      code: 1,
      err: expect.stringMatching(/a container named guest-web-1 is there already .*: remove or rename it/),
    });
    // The plan tells of it until the next try is due, each time longer; a busy machine may need some.
    await vi.waitFor(
      async () => {
        await once();
        expect((await plan()).out).toMatch(/failed (once|\d+ times): a container named guest-web-1 is there already/);
      },
      { timeout: 240_000 },
    );
    expect((await foreign.inspect()).Id).toBe(foreign.id);
  });

  it('two platforms share an engine; a second memory for the same one touches nothing', async () => {
    const one = platform('one');
    expect((await one.once()).code).toBe(0);
    expect((await platform('two').once()).code).toBe(0);
    const before = { ...(await idsOf('one-')), ...(await idsOf('two-')) };
    expect(await platform('one').once()).toMatchObject({
      code: 1,
      err: expect.stringMatching(/belongs to deployment [0-9a-f]+ of AutoGit, this one is [0-9a-f]+; it is left alone/),
    });
    expect({ ...(await idsOf('one-web')), ...(await idsOf('two-')) }).toEqual(before);
  });

  it('Ctrl-C in the middle ends what runs; the next run comes to the same end, with nothing left over', async () => {
    const slow = `services:\n  slow: { image: "autogit-test/plain:1", health: { exec: [test, -f, /tmp/never], start: 20s, interval: 5s, retries: 1 }, ${limits} }\n${notes}`;
    const { flags, state, say, once } = platform('stop', slow);
    const service = await program.service(
      flags.filter((_, index) => index < 2),
      state,
      env,
    );
    await service.until('it waits for health', ({ plan }) =>
      (plan?.actions ?? []).some(({ id, state: each }) => id.includes('slow') && each === 'running'),
    );
    service.process.kill('SIGINT');
    expect(await service.stop()).toBe(0);
    say(`services:\n${web}${notes}`);
    // The state is new, so the network of what is gone goes in a later cycle of the same run.
    expect(await once()).toMatchObject({ code: 0, err: expect.not.stringMatching(/failed once/) });
    expect(Object.keys(await idsOf('stop-'))).toEqual(['stop-notes-1', 'stop-web-1']);
    expect(await networks('stop-')).toEqual(['stop-notes-alone', 'stop-web-alone']);
  });

  it('an image that does not exist, and images that were deleted under running containers', async () => {
    const { say, once, plan } = platform('image', `services:\n  web: { image: "autogit-test/ok:1", ${limits} }\n`);
    expect((await once()).code).toBe(0);
    const before = await idsOf('image-');
    await docker.getImage('autogit-test/ok:1').remove({ force: true });
    expect(await plan()).toMatchObject({ code: 0 });
    say(`services:\n  web: { image: "127.0.0.1:1/nosuch:1", ${limits} }\n`);
    const said = await once();
    expect(said.code).toBe(1);
    expect(said.err).toMatch(
      /registry of 127\.0\.0\.1:1\/nosuch:1 cannot be reached from the engine: check the name of the image/,
    );
    expect(await idsOf('image-')).toEqual(before);
  });

  it('a host that goes away and comes back, as a service sees it', async () => {
    const { flags, state } = platform('away', `gitops: { interval: 5s }\nservices:\n${web}`);
    const service = await program.service(flags.slice(0, 2), state, env);
    await service.until('all is well', ({ health }) => health === 'ok');
    const before = await idsOf('away-');
    await real.ctl('kill');
    const lost = await service.until('the host is missed', ({ hosts }) => hosts[0]?.state !== 'fresh');
    expect(lost.sentence).toMatch(/host local could not be read/);
    expect((await program.run(['status', '--state', state])).code).toBe(1);
    expect(await program.run(['plan', '--state', state])).toMatchObject({ code: 69 });
    await real.ctl('start');
    await service.until('all is well again', ({ health }) => health === 'ok', 90_000);
    expect(Object.keys(await idsOf('away-'))).toEqual(Object.keys(before));
    expect(await service.stop()).toBe(0);
  });
});

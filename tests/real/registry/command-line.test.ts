/** `autogit lock` as a person types it, with a real registry. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildProgram, type Program } from '../../faults/program.ts';
import { available } from './available.ts';
import { type Pushed, pushImage, pushIndex } from './push-image.ts';
import { startRegistry, type TestRegistry } from './start-registry.ts';

const here = await available();

describe.skipIf(!here.ok)('autogit lock', () => {
  let registry: TestRegistry;
  let program: Program;
  let one: Pushed;
  let two: Pushed;
  let folder: string;
  beforeAll(async () => {
    program = await buildProgram();
    registry = await startRegistry();
    const to = { base: `http://${registry.host}`, repository: 'wiki' };
    const platform = { os: 'linux', architecture: 'amd64' };
    one = await pushIndex(to, {
      tag: '1',
      entries: [{ ...(await pushImage(to, { architecture: 'amd64' })), platform }],
    });
    two = await pushImage(to, { architecture: 'arm64', tag: '2' });
  }, 120_000);
  afterAll(async () => {
    await program?.close();
    await registry?.stop();
  });
  beforeEach(() => {
    folder = program.folder();
  });

  const lockFile = () => join(folder, 'autogit.lock');
  const text = () => readFileSync(lockFile(), 'utf8');
  const say = (...images: readonly string[]) => {
    const services = images.map((image, index) => `  s${index}: { image: "${image}" }\n`).join('');
    writeFileSync(join(folder, 'autogit.yaml'), `name: home\ndomain: home.test\nservices:\n${services}`);
  };
  const lock = (...args: readonly string[]) =>
    program.run(['lock', ...args, '--file', join(folder, 'autogit.yaml')], { env: { DOCKER_CONFIG: folder } });
  const wiki = (tag: string) => `${registry.host}/wiki:${tag}`;

  it('writes every image once, sorted, and the same bytes the second time', async () => {
    say(wiki('2'), wiki('1'), wiki('1'));
    const said = await lock('update');
    expect(said).toEqual({
      code: 0,
      err: '',
      out: `+ ${wiki('1')}  ${one.digest.slice(0, 19)}  linux/amd64\n+ ${wiki('2')}  ${two.digest.slice(0, 19)}  linux/arm64\n${lockFile()}: 2 added, 0 changed, 0 removed, 0 as before\n`,
    });
    const first = text();
    expect(first).toContain(
      `  "${wiki('2')}":\n    digest: ${two.digest}\n    platforms:\n      linux/arm64: ${two.digest}\n`,
    );
    expect(await lock('update')).toMatchObject({
      code: 0,
      out: `${lockFile()}: 0 added, 0 changed, 0 removed, 2 as before\n`,
    });
    expect(text()).toBe(first);
    expect(await lock('verify')).toMatchObject({ code: 0, err: '' });
    expect(await lock('verify', '--online')).toMatchObject({ code: 0, out: `${lockFile()}: 0 of 2 tags have moved\n` });
  });

  it('writes all or nothing: every failure is told and the lock stays as it was', async () => {
    say(wiki('1'));
    await lock('update');
    const before = text();
    say(wiki('1'), wiki('2'), wiki('8'), wiki('9'));
    const said = await lock('update');
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toContain(`autogit: ${wiki('8')}: ${registry.host} has no tag 8 of wiki; check name and tag`);
    expect(said.err).toContain(`autogit: ${wiki('9')}: `);
    expect(said.err).toContain(
      `next: for an image that is only built on your hosts: autogit lock update --local ${wiki('8')}\n`,
    );
    expect(said.err).toContain(`${lockFile()} is as it was\n`);
    expect(text()).toBe(before);
    say(wiki('1'), '127.0.0.1:1/gone:1');
    expect(await lock('update')).toMatchObject({
      code: 69,
      err: expect.stringContaining('nothing answers at 127.0.0.1:1'),
    });
    expect(text()).toBe(before);
  });

  it('keeps images of the hosts as local, removes what is not used, and asks for named images only', async () => {
    say(wiki('1'), 'shop:1');
    expect(await lock('update', '--local', 'shop:1')).toMatchObject({
      code: 0,
      out: expect.stringContaining('+ shop:1  local\n'),
    });
    expect(text()).toContain('  shop:1: local\n');
    expect(await lock('update')).toMatchObject({ code: 0, out: expect.stringContaining('2 as before') });
    say('shop:1', wiki('2'));
    expect(await lock('verify')).toMatchObject({ code: 1, err: expect.stringMatching(/AG421[\s\S]*AG424/) });
    expect(await lock('update', wiki('2'))).toMatchObject({
      code: 0,
      out: expect.stringContaining(`- ${wiki('1')}  sha256:`),
    });
    expect(await lock('verify')).toMatchObject({ code: 0 });
    expect(await lock('update', wiki('3'))).toMatchObject({
      code: 64,
      err: `the platform file asks for no image ${wiki('3')}; it asks for ${wiki('2')}, shop:1\n`,
    });
  });

  it('leaves the entries of images that are not named as they are', async () => {
    say(wiki('1'), wiki('2'));
    await lock('update');
    const old = `sha256:${'a'.repeat(64)}`;
    writeFileSync(lockFile(), text().replaceAll(one.digest, old).replaceAll(two.digest, old));
    expect(await lock('verify', '--online')).toMatchObject({
      code: 2,
      out: expect.stringContaining('2 of 2 tags have moved; autogit lock update takes them over'),
    });
    expect(await lock('update', wiki('2'))).toMatchObject({ code: 0 });
    expect(text()).toContain(`  "${wiki('1')}":\n    digest: ${old}\n`);
    expect(text()).toContain(`  "${wiki('2')}":\n    digest: ${two.digest}\n`);
  });

  it('marks an image as local and moves no other tag with it', async () => {
    say(wiki('1'), 'shop:1');
    await lock('update', '--local', 'shop:1');
    const old = `sha256:${'a'.repeat(64)}`;
    writeFileSync(lockFile(), text().replaceAll(one.digest, old));
    say(wiki('1'), 'shop:1', 'stock:1');
    expect(await lock('update', '--local', 'stock:1')).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 added, 0 changed, 0 removed, 2 as before'),
    });
    expect(text()).toContain(old);
  });

  it('writes a lock anew that a merge has torn, and none of a newer AutoGit', async () => {
    say(wiki('1'));
    writeFileSync(lockFile(), '<<<<<<< HEAD\nversion: 1\n');
    expect(await lock('verify')).toMatchObject({
      code: 1,
      err: expect.stringContaining('autogit.lock:1:1: error AG423'),
    });
    expect(await lock('update')).toMatchObject({ code: 0, err: expect.stringContaining('is written anew') });
    expect(text()).toContain(one.digest);
    writeFileSync(lockFile(), 'version: 2\nimages: {}\n');
    expect(await lock('update')).toMatchObject({
      code: 64,
      err: expect.stringContaining('use the AutoGit that wrote it'),
    });
    expect(text()).toBe('version: 2\nimages: {}\n');
  });

  it('is for programs as well', async () => {
    say(wiki('1'));
    const { out } = await lock('update', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      file: lockFile(),
      changes: [{ kind: 'added', image: wiki('1'), now: { digest: one.digest } }],
    });
    expect(JSON.parse((await lock('verify', '--format', 'json')).out)).toMatchObject({ errors: 0, diagnostics: [] });
    const online = await lock('verify', '--online', '--format', 'json');
    expect(JSON.parse(online.out)).toEqual({ file: lockFile(), moved: [], failures: [] });
  });

  it('says what is wrong with the command line, the file and the folder', async () => {
    expect(await lock('upgrade')).toMatchObject({
      code: 64,
      err: expect.stringContaining('there are update and verify'),
    });
    expect(await program.run(['lock', 'update', '--file', '-'])).toMatchObject({ code: 64 });
    expect(await lock('update')).toMatchObject({ code: 64, err: expect.stringContaining('there is no file') });
    say(wiki('1'));
    expect(await lock('verify')).toMatchObject({
      code: 1,
      err: `autogit: there is no ${lockFile()}\nnext: autogit lock update\n`,
    });
    expect(await lock('update', '--ca-file', join(folder, 'none.pem'))).toMatchObject({ code: 64 });
    writeFileSync(join(folder, 'autogit.yaml'), 'name: home\nservice: {}\n');
    expect(await lock('update')).toMatchObject({ code: 1, err: expect.stringContaining('AG201') });
    expect(existsSync(lockFile())).toBe(false);
  });

  it('leaves nothing behind where it may not write', async () => {
    say(wiki('1'));
    chmodSync(folder, 0o555);
    const said = await program.run(['lock', 'update', '--file', join(folder, 'autogit.yaml')], {
      uid: 65_534,
      env: { DOCKER_CONFIG: folder },
    });
    chmodSync(folder, 0o755);
    expect(said).toMatchObject({ code: 69, err: expect.stringContaining('permission denied') });
    expect(existsSync(lockFile())).toBe(false);
  });
});

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, type Program } from './program.ts';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const unshare = ['unshare', '--mount', ...(isRoot ? [] : ['--map-root-user'])];
const canMount = spawnSync(unshare[0] ?? '', [...unshare.slice(1), 'true']).status === 0;

let program: Program;
beforeAll(async () => {
  program = await buildProgram();
}, 180_000);
afterAll(() => program.close());

/** A platform on an engine whose socket is not there. */
const lost = 'name: home\ndomain: home.lan\nhosts: { local: "unix:///no/such.sock" }\n';
const web = 'services:\n  web: { image: "web:1", port: 80 }\n';
const notes = '  notes: { image: "notes:1", volumes: { data: /data } }\n';

function write(text: string | Uint8Array, folder = program.folder()): { folder: string; file: string; state: string } {
  const file = join(folder, 'autogit.yaml');
  writeFileSync(file, text);
  return { folder, file, state: join(folder, 'state') };
}

const once = (file: string, state: string, ...more: string[]) =>
  program.run(['reconcile', '--once', '--file', file, '--state', state, '--log', 'text', ...more]);

describe('a file that cannot be used', { timeout: 180_000 }, () => {
  it.each<readonly [what: string, code: number, says: RegExp, prepare: (file: string) => void]>([
    ['is missing', 64, /there is no file .*; name another with --file/, (file) => rmSync(file)],
    [
      'is a directory',
      64,
      /is a directory, not a file; name the file in it/,
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
    ['is empty', 1, /1:1 AG106 the file is empty; the smallest file has/, (file) => writeFileSync(file, '')],
    ['has 10 MB', 1, /is larger than/, (file) => writeFileSync(file, `${lost}#${'x'.repeat(10_000_000)}`)],
    ['is not UTF-8', 1, /UTF-8/, (file) => writeFileSync(file, Buffer.from([...Buffer.from(lost), 0x23, 0xe9]))],
    [
      'has a tab',
      1,
      /4:1 AG105 .*spaces/,
      (file) =>
        writeFileSync(file, `${lost}services:\n\tweb: {}\n`.replace('hosts: { local: "unix:///no/such.sock" }\n', '')),
    ],
    ['has a key twice', 1, /AG108 .*keep one/, (file) => writeFileSync(file, `${lost}name: house\n`)],
    [
      'has an unknown key',
      1,
      /4:1 AG201 unknown key 'servics'.*did you mean `services`/,
      (file) => writeFileSync(file, `${lost}servics: {}\n`),
    ],
    [
      'has an alias bomb',
      1,
      /AG109 .*write out what is needed/,
      (file) =>
        writeFileSync(
          file,
          `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(9)}]\n`).join('')}`,
        ),
    ],
    [
      'has a wrong unit',
      1,
      /AG205 .*write 64Mi/,
      (file) => writeFileSync(file, lost + web.replace('80 }', '80, limits: { memory: 64MB } }')),
    ],
    [
      'names what is not there',
      1,
      /AG301 .*notes/,
      (file) => writeFileSync(file, lost + web.replace('80 }', '80, needs: [notes] }')),
    ],
    [
      'needs in a circle',
      1,
      /AG402 /,
      (file) =>
        writeFileSync(file, `${lost}services:\n  a: { image: "a:1", needs: [b] }\n  b: { image: "b:1", needs: [a] }\n`),
    ],
    [
      'publishes a port twice',
      1,
      /AG404 /,
      (file) =>
        writeFileSync(
          file,
          `${lost}services:\n${['a', 'b'].map((id) => `  ${id}: { image: "a:1", ports: { x: { port: 1, publish: 53 } } }\n`).join('')}`,
        ),
    ],
  ])('%s', async (_what, code, says, prepare) => {
    const { file, state } = write(lost);
    prepare(file);
    for (const command of [
      ['plan', '--file', file, '--state', state],
      ['reconcile', '--once', '--file', file, '--state', state, '--log', 'text'],
    ]) {
      const said = await program.run(command);
      expect(said).toMatchObject({ code, err: expect.stringMatching(says) });
      expect(said.err).not.toMatch(/\n\s+at /);
    }
  });
});

describe('a state folder', { timeout: 180_000 }, () => {
  it('that another reconciler uses: refused with its owner, and that one goes on', async () => {
    const { file, state } = write(`name: home\ndomain: home.lan\n${web}`);
    const first = await program.service(['--embedded', '--file', file], state);
    await first.until('all is well', ({ health }) => health === 'ok');
    const refused = await once(file, state, '--embedded');
    expect(refused).toMatchObject({ code: 69, out: '' });
    expect(refused.err).toMatch(
      new RegExp(
        `^the state folder ${state} is in use by process ${first.process.pid} on .* since .*; stop that reconciler, or name another folder with --state\n$`,
      ),
    );
    const service = await program.run(['reconcile', '--embedded', '--file', file, '--state', state, '--port', '0']);
    expect(service).toMatchObject({ code: 69, err: refused.err });
    expect(await program.run(['status', '--state', state])).toMatchObject({ code: 0, err: '' });
    expect(await first.stop()).toBe(0);
    expect(await program.run(['status', '--state', state])).toMatchObject({
      code: 69,
      err: expect.stringMatching(/no reconciler runs on the state folder .*\nnext: start it with `autogit reconcile/),
    });
  });

  it('that is a file', async () => {
    const { file, folder } = write(lost);
    const state = join(folder, 'occupied');
    writeFileSync(state, 'mine');
    expect(await once(file, state)).toMatchObject({
      code: 69,
      err: `the state folder ${state} is not a folder; name a folder with --state\n`,
    });
    expect(readFileSync(state, 'utf8')).toBe('mine');
  });

  it.skipIf(!isRoot)('that belongs to another user', async () => {
    const { file, state, folder } = write(lost);
    chmodSync(folder, 0o755);
    mkdirSync(state, { mode: 0o700 });
    const args = ['reconcile', '--once', '--file', file, '--state', state];
    expect(await program.run(args, { uid: nobody })).toMatchObject({
      code: 69,
      err: `the state folder ${state} cannot be read and written by this user; change its owner or name another with --state\n`,
    });
    expect(readdirSync(state)).toEqual([]);
  });

  it.skipIf(!isRoot)(
    'that this user may not read: no command says that nobody runs there or that there is no platform',
    async () => {
      const { file, state, folder } = write(`name: home\ndomain: home.lan\n${web}secrets: { key: { generate: {} } }\n`);
      chmodSync(folder, 0o755);
      const service = await program.service(['--embedded', '--file', file], state);
      await service.until('all is well', ({ health }) => health === 'ok');
      chmodSync(state, 0o700);
      const blind = `this user may not read the state folder ${state}, so it cannot be told whether a reconciler runs there\nnext: run it with sudo, or as the user of the reconciler; or name another folder with --state\n`;
      const ask = (...args: readonly string[]) => program.run([...args, '--state', state], { uid: nobody });
      expect(await ask('status')).toEqual({ code: 69, out: '', err: blind });
      expect(await ask('plan', '--file', file)).toEqual({ code: 69, out: '', err: blind });
      expect(await ask('explain', 'pool', 'linux')).toEqual({ code: 69, out: '', err: blind });
      const noFile = `autogit: there is no autogit.yaml in this folder, and ${blind}`;
      expect(await ask('backup', 'list')).toEqual({ code: 69, out: '', err: noFile });
      expect(await ask('secrets', 'list')).toEqual({ code: 69, out: '', err: noFile });
      // Who may read it needs no file: the one that was applied is meant.
      const listed = await program.run(['secrets', 'list', '--state', state]);
      expect(listed).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^key +generated/m) });
    },
  );

  it.skipIf(!canMount)('on a full disk', async () => {
    const { file, state } = write(lost);
    mkdirSync(state);
    const mount = `mount -t tmpfs -o size=256k none "${state}" && exec "$0" "$@"`;
    const args = ['reconcile', '--once', '--file', file, '--state', state];
    expect(await program.run(args, { before: [...unshare, 'sh', '-c', mount] })).toMatchObject({
      code: 69,
      err: `the disk of the state folder ${state} is full; free at least 8 MiB on it\n`,
    });
  });
});

describe('an engine', { timeout: 180_000 }, () => {
  it('whose socket is not there: everything is held, the plan ends with 69', async () => {
    const { file, state } = write(lost + web);
    const plan = await program.run(['plan', '--file', file, '--state', state]);
    expect(plan.code).toBe(69);
    expect(plan.out).toMatch(/host local could not be read: \/no\/such\.sock does not exist: is Docker installed/);
    expect(plan.out).toMatch(/next: make host local reachable; it is tried again by itself/);
    expect(existsSync(state)).toBe(false);
    const cycle = await once(file, state);
    expect(cycle).toMatchObject({
      code: 69,
      err: expect.stringMatching(/warn: held subject=local detail="host local could not be read/),
    });
  });

  it.skipIf(!isRoot)('that this user may not use', async () => {
    const { file, state, folder } = write('');
    chmodSync(folder, 0o755);
    const socket = join(folder, 'docker.sock');
    const server = createServer().listen(socket);
    await new Promise((done) => server.once('listening', done));
    chmodSync(socket, 0o600);
    writeFileSync(file, lost.replace('/no/such.sock', socket) + web);
    const plan = await program.run(['plan', '--file', file, '--state', state], { uid: nobody });
    server.close();
    expect(plan).toMatchObject({
      code: 69,
      out: expect.stringContaining(`no permission on ${socket}: add the user to the group docker`),
    });
  });
});

describe('what the reconciler is started with', { timeout: 180_000 }, () => {
  it('a port of the dashboard that is taken: 69, so that a service manager tries again', async () => {
    const { file, state } = write(lost);
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => other.once('listening', done));
    const { port } = other.address() as { port: number };
    const said = await program.run(['reconcile', '--file', file, '--state', state, '--port', String(port)]);
    other.close();
    expect(said).toMatchObject({
      code: 69,
      err: `port ${port} of 127.0.0.1 is taken by another program; name another with --port, 0 takes a free one\n`,
    });
  });

  it.each<readonly [what: string, text: string, mode: number, says: RegExp]>([
    ['that everyone can change', 'pruneMax: 1\n', 0o666, /can be changed by others; run: chmod go-w /],
    ['with an unknown key', 'prunMax: 1\n', 0o600, /prunMax/],
    ['that is no YAML', 'pruneMax: [\n', 0o600, /is no valid YAML/],
  ])('a policy %s: nothing is started', async (_what, text, mode, says) => {
    const { file, state, folder } = write(lost);
    const policy = join(folder, 'policy.yaml');
    writeFileSync(policy, text);
    chmodSync(policy, mode);
    for (const command of ['reconcile', 'plan'])
      expect(await program.run([command, '--file', file, '--state', state, '--policy', policy])).toMatchObject({
        code: 64,
        out: '',
        err: expect.stringMatching(says),
      });
    expect(existsSync(state)).toBe(false);
  });

  it.each<readonly [args: readonly string[], says: RegExp]>([
    [['reconcile', '--prot', '1'], /unknown option '--prot'\nnext: did you mean --port\?/],
    [['reconcile', '--port', 'http'], /--port http is no port; 0 takes a free one/],
    [['reconcile', '--port', '70000'], /--port 70000 is no port/],
    [['reconcile', '--log', 'xml'], /--log xml is not known; choose json or text/],
    [['reconcile', '--log-level', 'loud'], /--log-level loud is not known; choose debug/],
    [['reconcile', '--jobs-interval', '5'], /--jobs-interval 5 is no duration; write 500ms, 5s or 2m/],
    [['reconcile', '--repo', 'https://x.example/a'], /--repo and --file exclude each other/],
    [['reconcile', '--ssh-key', '/no/key'], /there is no file \/no\/key; name another with --ssh-key/],
    [['plan', '--known-hosts', '/no/hosts'], /there is no file \/no\/hosts; name another with --known-hosts/],
    [['plan', '--ca-file', '/no/ca'], /there is no file \/no\/ca; name another with --ca-file/],
    [['plan', '--format', 'yaml'], /argument 'yaml' is invalid\. Allowed choices are text, json/],
    [['apply'], /name the plan to apply: run `autogit plan`/],
  ])('%j: 64', async (args, says) => {
    const { file, state } = write(lost);
    const said = await program.run([...args, '--file', file, '--state', state]);
    expect(said).toMatchObject({ code: 64, out: '', err: expect.stringMatching(says) });
    expect(existsSync(state)).toBe(false);
  });
});

describe('a file that goes bad while it is followed', { timeout: 240_000 }, () => {
  const good = `name: home\ndomain: home.lan\n${web}${notes}`;
  const running = (units: readonly { readonly id: string; readonly state: string }[]) =>
    units.filter(({ id, state }) => id.startsWith('container/') && state === 'ok').map(({ id }) => id);
  const both = ['container/local/notes', 'container/local/web'];

  it('removes nothing, says what is wrong, and goes on when it is good again', async () => {
    const { file, state } = write(good);
    const service = await program.service(['--embedded', '--file', file], state);
    await service.until('all is well', ({ health }) => health === 'ok');

    writeFileSync(file, '');
    const empty = await service.until('the empty file is seen', ({ sentence }) =>
      /AG106 the file is empty/.test(sentence),
    );
    expect(empty).toMatchObject({ health: 'attention' });
    expect(running(empty.units)).toEqual(both);

    rmSync(file);
    const removed = await service.until('the removal is seen', ({ source }) => source.failure !== undefined);
    expect(removed.source.failure).toMatch(/does not exist; create it, or name another file/);
    expect(running(removed.units)).toEqual(both);

    mkdirSync(file);
    const folder = await service.until('the folder is seen', ({ source }) => /is a folder/.test(source.failure ?? ''));
    expect(running(folder.units)).toEqual(both);
    const text = await program.run(['status', '--state', state]);
    expect(text).toMatchObject({
      code: 1,
      out: expect.stringMatching(/cannot be read: .* is a folder; name the file in it/),
    });

    rmSync(file, { recursive: true });
    writeFileSync(file, 'name: home\ndomain: home.lan\n');
    const nothing = await service.until('the file without services is seen', ({ plan }) =>
      (plan?.holds ?? []).some(({ reason }) => reason.startsWith('the file asks for nothing')),
    );
    expect(nothing.plan?.holds[0]?.next).toMatch(/remove services one by one/);

    writeFileSync(file, good.replace('name: home', 'name: haus'));
    const renamed = await service.until('the other name is seen', ({ sentence }) =>
      /is called haus now/.test(sentence),
    );
    expect(renamed.sentence).toMatch(/autogit\.yaml:1:7 the platform home is called haus now.*write name: home again/);
    expect(renamed.history.find(({ state: each }) => each === 'rejected')?.reason).toMatch(/cannot be renamed/);

    writeFileSync(file, good);
    const back = await service.until('all is well again', ({ health }) => health === 'ok');
    expect(running(back.units)).toEqual(both);
    expect(back.events.filter(({ detail }) => /no longer in the file/.test(detail))).toEqual([]);
    const log = readFileSync(`${state}.log`, 'utf8');
    expect(log).toMatch(/"detail":"[^"]*does not exist; create it[^"]*","event":"source.down"/);
    expect(await service.stop()).toBe(0);
  });

  it('is planned as it is followed; another source that is named is not passed over in silence', async () => {
    const { file, state } = write(good);
    const service = await program.service(['--embedded', '--file', file], state);
    await service.until('all is well', ({ health }) => health === 'ok');
    expect(await program.run(['plan', '--state', state])).toMatchObject({ code: 0, err: '' });
    const other = write(`name: home\ndomain: home.lan\n${web}`).file;
    expect((await program.run(['plan', '--file', other, '--state', state])).err).toMatch(
      /^note: the reconciler that runs on .* answers for what it follows; --file is not looked at\n$/,
    );
    const before = (await service.status()).cycle.number;
    const refused = await program.run(['apply', '--plan', 'a'.repeat(64), '--state', state]);
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^the plan is now [0-9a-f]{12}: something changed/),
    });
    expect((await service.status()).cycle.number).toBeLessThanOrEqual(before + 2);
  });
});

describe('a plan', { timeout: 180_000 }, () => {
  it('has the same digest each time, is applied by it, and another digest does nothing', async () => {
    const { file, state } = write(`name: home\ndomain: home.lan\n${web}`);
    const plan = async () => {
      const said = await program.run(['plan', '--embedded', '--format', 'json', '--file', file, '--state', state]);
      expect(said).toMatchObject({ code: 2, err: '' });
      return (JSON.parse(said.out) as { readonly plan: { readonly digest: string } }).plan.digest;
    };
    const digest = await plan();
    expect(await plan()).toBe(digest);
    expect(existsSync(state)).toBe(false);
    const apply = (of: string) =>
      program.run(['apply', '--embedded', '--plan', of, '--file', file, '--state', state, '--log', 'text']);
    expect(await apply('0'.repeat(64))).toEqual({
      code: 1,
      out: '',
      err: `the plan is now ${digest.slice(0, 12)}: something changed since it was made; look at it with autogit plan and apply that one\n`,
    });
    expect(await apply(digest)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^done apply-container:container\/local\/web$/m),
    });
  });
});

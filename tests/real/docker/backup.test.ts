import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildProgram, type Program } from '../../faults/program.ts';
import { findPrograms } from '../forge/programs.ts';
import { available } from './available.ts';
import { importGitea, importIngress, importPostgres, importPython, importRestic } from './backup-images.ts';
import { importImage } from './import-image.ts';
import { startEngine, type TestEngine } from './start-engine.ts';

const engine = await available();
const forge = findPrograms();
const limits = 'limits: { cpus: 0.2, memory: 32Mi }';
const password = 'canary-4711-of-the-backup';

/**
 * A platform with a PostgreSQL, a forge with SQLite and a service with files, saved, lost and brought back by the commands
 * that a person types, on a real engine with the real programs.
 */
describe.skipIf(!engine.ok || forge === undefined)('the backup of a platform on a real engine', () => {
  let real: TestEngine;
  let docker: Docker;
  let program: Program;
  let folder: string;
  let state: string;

  beforeAll(async () => {
    program = await buildProgram();
    real = await startEngine();
    docker = new Docker({ socketPath: real.socket });
    for (const tag of ['autogit-test/filler:1', 'busybox:1.37.0-musl']) await importImage(real, { tag });
    await importRestic(real, 'autogit-test/restic:1');
    await importPython(real, 'python:3.13-alpine');
    await importPostgres(real, 'autogit-test/postgres:17');
    await importIngress(real, 'autogit-test/ingress:1');
    if (forge !== undefined) await importGitea(real, 'autogit-test/gitea:1.26.4', forge);
    folder = mkdtempSync(join(tmpdir(), 'autogit-backup-docker-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'repository'));
    writeFileSync(join(folder, 'policy.yaml'), `hostFolders: ["${folder}/"]\n`, { mode: 0o600 });
    writeFileSync(
      join(folder, 'autogit.yaml'),
      `name: home
domain: home.test
hosts: { local: "${real.url}" }
database: { use: postgres, image: "autogit-test/postgres:17" }
forge: { use: gitea, image: "autogit-test/gitea:1.26.4", database: sqlite, internet: false }
ingress: { use: traefik, image: "autogit-test/ingress:1", http: 18080 }
backup: { use: restic, image: "autogit-test/restic:1", repository: ${folder}/repository, password: key }
services:
  wiki: { image: "autogit-test/plain:1", needs: [database], volumes: { data: /data }, ${limits} }
secrets: { key: { env: BACKUP_KEY } }
`,
    );
    state = join(folder, 'state');
    await applied();
  }, 600_000);

  afterAll(async () => {
    await program?.close();
    await real?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Makes the platform as the file says, however many steps it takes. */
  async function applied(): Promise<void> {
    await vi.waitFor(
      async () => {
        const said = await autogit(['reconcile', '--once', '--policy', join(folder, 'policy.yaml'), '--log', 'text']);
        expect(said.code, said.err.slice(-3000)).toBe(0);
      },
      { timeout: 240_000, interval: 1_000 },
    );
  }

  function autogit(args: readonly string[]) {
    const where = ['--file', join(folder, 'autogit.yaml'), '--state', state];
    const env = { AUTOGIT_FILLER_IMAGE: 'autogit-test/filler:1', BACKUP_KEY: password };
    return program.run([...args, ...where], { env });
  }

  const backup = (...args: string[]) => autogit(['backup', ...args]);

  /** Runs something in a container and gives what it writes. */
  async function inside(container: string, command: readonly string[], env: readonly string[] = []): Promise<string> {
    const exec = await docker
      .getContainer(`home-${container}-1`)
      .exec({ Cmd: [...command], Env: [...env], AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({ hijack: true });
    const parts: Buffer[] = [];
    const sink = { write: (part: Buffer) => parts.push(part) };
    docker.modem.demuxStream(stream, sink as never, sink as never);
    await new Promise((done) => stream.once('end', done));
    const { ExitCode: code } = await exec.inspect();
    const text = Buffer.concat(parts).toString('utf8').trim();
    if (code !== 0) throw new Error(`${command.join(' ')} in ${container}: ${text}`);
    return text;
  }

  const sql = (base: string, statement: string) =>
    inside('database', ['psql', '-U', 'postgres', '-d', base, '-qAtX', '-c', statement]);

  const asAna = (path: string, ...more: string[]) =>
    inside('forge', [
      'curl',
      '-fsS',
      '-H',
      `Authorization: Basic ${Buffer.from('ana:ana-password-1').toString('base64')}`,
      '-H',
      'Content-Type: application/json',
      ...more,
      `http://127.0.0.1:3000/api/v1/${path}`,
    ]);

  async function fill(): Promise<void> {
    await sql('wiki', "create table pages as select n, 'page ' || n as title from generate_series(1, 1000) n");
    await sql('wiki', 'alter table pages owner to wiki');
    await inside('wiki', [
      'sh',
      '-c',
      'mkdir -p /data/.hidden /data/deep/er; echo one > /data/.hidden/one; echo "two words" > "/data/deep/er/two words"; chmod 600 /data/.hidden/one',
    ]);
    await inside('forge', [
      'gitea',
      '--config',
      '/etc/gitea/conf/app.ini',
      'admin',
      'user',
      'create',
      '--username',
      'ana',
      '--password',
      'ana-password-1',
      '--email',
      'ana@home.test',
      '--must-change-password=false',
    ]);
    await asAna('user/repos', '-d', JSON.stringify({ name: 'notes', auto_init: true, description: 'what was kept' }));
  }

  /** Everything that `fill` made. */
  async function content() {
    return {
      pages: await sql(
        'wiki',
        "select count(*) || ' ' || max(title) || ' ' || (select tableowner from pg_tables where tablename = 'pages') from pages",
      ),
      files: await inside('wiki', [
        'sh',
        '-c',
        'cd /data; cat .hidden/one "deep/er/two words"; stat -c %a .hidden/one; ls -A',
      ]),
      repository: (JSON.parse(await asAna('repos/ana/notes')) as { description: string }).description,
      commit: (JSON.parse(await asAna('repos/ana/notes/commits')) as { sha: string }[])[0]?.sha,
    };
  }

  async function destroy(): Promise<void> {
    for (const { Id } of await docker.listContainers({ all: true }))
      await docker.getContainer(Id).remove({ force: true, v: true });
    for (const { Name } of (await docker.listVolumes()).Volumes) await docker.getVolume(Name).remove({ force: true });
    for (const { Name, Id } of await docker.listNetworks())
      if (Name.startsWith('home-')) await docker.getNetwork(Id).remove();
  }

  let saved: Awaited<ReturnType<typeof content>>;

  it('says that there is no copy yet, and does not restore from nothing', async () => {
    expect(await backup('list')).toMatchObject({ code: 0, out: expect.stringContaining('there is no copy yet') });
    expect(await backup('restore', 'wiki', '--yes', 'wiki')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/the repository has no copy of this platform\nnext: run `autogit backup run`/),
    });
  }, 120_000);

  it('makes a copy now, shows what is done, lists it and reads it back', async () => {
    await fill();
    saved = await content();
    const made = await backup('run');
    expect(made, made.err).toMatchObject({ code: 0 });
    expect(made.out).toMatch(/^backup +local +\d+ s +ended well$/m);
    expect(made.out).toMatch(/^backup-database-data +local +\d+ s +ended well$/m);
    expect(made.err).toContain('backup: the copy is complete');
    const listed = await backup('list', '--format', 'json');
    const { copies } = JSON.parse(listed.out) as { copies: { parts: string[]; bytes: number; host: string }[] };
    expect(copies).toEqual([expect.objectContaining({ host: 'local', parts: ['database', 'forge', 'wiki'] })]);
    expect(copies[0]?.bytes).toBeGreaterThan(100_000);
    expect((await backup('list')).out).toMatch(
      /^copy +time .*\n[0-9a-f]{8} +\d{4}-.* local +[\d.]+ [KM]iB +database, forge, wiki\n$/,
    );
    expect(await backup('verify', '--read-data-subset', '100%')).toMatchObject({
      code: 0,
      out: expect.stringContaining('100% of the data was read back'),
    });
    expect(made.out + made.err + listed.out).not.toContain('canary');
  }, 300_000);

  it('replaces nothing for somebody who did not write its name, and knows the name that was meant', async () => {
    expect(await backup('restore', 'wiki')).toMatchObject({ code: 64, err: expect.stringContaining('add --yes wiki') });
    expect(await backup('restore', 'wiki', '--yes', 'forge')).toMatchObject({ code: 64 });
    expect(await backup('restore', 'wikki', '--yes', 'wikki')).toMatchObject({
      code: 64,
      err: expect.stringContaining("did you mean 'wiki'?"),
    });
    expect(await backup('restore', 'wiki', '--snapshot', 'ffffffff')).toMatchObject({
      code: 64,
      err: expect.stringContaining('there is no copy ffffffff'),
    });
    expect(await content()).toEqual(saved);
  }, 120_000);

  it('only unpacks with --to', async () => {
    const to = join(folder, 'unpacked');
    expect(await backup('restore', 'forge', '--to', to)).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(to).sort()).toEqual(['dumps', 'volumes']);
    expect(existsSync(join(to, 'volumes/forge-data/data/gitea-repositories/ana/notes.git/HEAD'))).toBe(true);
    expect(readFileSync(join(to, 'dumps/forge-database/forge-database')).subarray(0, 15).toString()).toBe(
      'SQLite format 3',
    );
    expect(await backup('restore', 'forge', '--to', to)).toMatchObject({
      code: 64,
      err: expect.stringContaining('is not empty'),
    });
  }, 120_000);

  it('brings back what was changed and removed since', async () => {
    await inside('wiki', ['sh', '-c', 'rm -rf /data/deep; echo changed > /data/.hidden/one; echo new > /data/new']);
    const said = await backup('restore', 'wiki', '--yes', 'wiki');
    expect(said, said.err).toMatchObject({ code: 0, out: expect.stringMatching(/^wiki is as it was at \d{4}-/) });
    expect(await content()).toEqual(saved);
  }, 120_000);

  it('puts back what was there when a dump cannot be taken in', async () => {
    await inside('wiki', ['sh', '-c', 'echo later > /data/later']);
    await sql('wiki', "insert into pages values (1001, 'zebra')");
    const later = await content();
    await beside(
      'backup-database-data',
      'head -c 3000 /dumps/database-data > /dumps/half; mv /dumps/half /dumps/database-data',
    );
    await docker.getContainer('home-backup-1').start();
    await vi.waitFor(
      async () => expect((await docker.getContainer('home-backup-1').inspect()).State.Running).toBe(false),
      { timeout: 120_000, interval: 500 },
    );
    const said = await backup('restore', 'database', '--yes', 'database');
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining('the dump was cut off') });
    expect(said.err).toContain('putting back what was there before');
    expect(await content()).toEqual(later);
  }, 300_000);

  it('ends well on the second try when the first was killed anywhere', async () => {
    const { copies } = JSON.parse((await backup('list', 'database', '--format', 'json')).out) as {
      copies: { id: string }[];
    };
    const whole = copies.at(-1)?.id ?? '';
    for (const [part, word] of [
      ['wiki', 'stopping wiki'],
      ['database', 'taking in'],
    ] as const) {
      const args = ['restore', part, '--yes', part, '--snapshot', whole];
      await killedAt(word, args);
      const again = await backup(...args);
      expect(again, `${part}: ${again.err}`).toMatchObject({ code: 0 });
      const volume = [{ Type: 'volume', Source: `home-${part}-data`, Target: '/into' } as const];
      expect(await beside('backup', 'ls -A /into', volume)).not.toContain('.autogit-');
    }
    expect(await content()).toEqual(saved);
  }, 400_000);

  it('brings everything back on a new machine, where nothing of the old one is left but the repository', async () => {
    await destroy();
    state = join(folder, 'another-state');
    await applied();
    expect(await sql('postgres', "select count(*) from pg_tables where tablename = 'pages'")).toBe('0');
    const { copies } = JSON.parse((await backup('list', '--format', 'json')).out) as { copies: { id: string }[] };
    const first = copies.at(-1)?.id ?? '';
    for (const part of ['forge', 'database', 'wiki']) {
      const said = await backup('restore', part, '--yes', part, '--snapshot', first);
      expect(said, said.err).toMatchObject({ code: 0 });
    }
    expect(await content()).toEqual(saved);
    // With the passwords of the new machine: those of the old one are gone.
    const admin = await inside('database', [
      'sh',
      '-c',
      'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") psql -h home-database -U postgres -qAtXc "select 1"',
    ]);
    expect(admin).toBe('1');
    await applied();
  }, 500_000);

  it('says what is wrong: a lock, another password, an engine that is away, a platform without containers', async () => {
    const held = await docker.createContainer({
      Image: 'autogit-test/restic:1',
      Entrypoint: ['/bin/sh', '/etc/autogit/backup.sh', 'backup', '--stdin'],
      OpenStdin: true,
      HostConfig: { VolumesFrom: ['home-backup-1'], CapAdd: ['DAC_OVERRIDE'] },
    });
    await held.start();
    await vi.waitFor(() => expect(readdirSync(join(folder, 'repository/locks'))).toHaveLength(1), {
      timeout: 60_000,
      interval: 250,
    });
    expect(await backup('verify')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/is locked: .*\nnext: wait until that has ended; .*--unlock/),
    });
    expect((await backup('list')).code).toBe(0);
    await held.remove({ force: true });
    expect(await backup('verify', '--unlock')).toMatchObject({ code: 0 });

    // The repository gets another password, so that of the platform is the wrong one.
    const change =
      'echo canary-of-somebody-else > /tmp/new; sh /etc/autogit/backup.sh key passwd --new-password-file /tmp/new';
    await beside('backup', change, [], 'autogit-test/restic:1');
    const wrong = await backup('list');
    expect(wrong).toMatchObject({
      code: 1,
      err: expect.stringMatching(/the secret 'key' does not open the repository/),
    });
    expect(wrong.err).not.toContain('canary');

    await docker.getContainer('home-backup-1').remove({ force: true });
    expect(await backup('run')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/there is no container home-backup-1/),
    });
    await real.ctl('stop');
    expect(await backup('list')).toMatchObject({
      code: 69,
      err: expect.stringMatching(/next: see that Docker runs there/),
    });
    await real.ctl('start');
  }, 300_000);

  /** Starts a command and kills it as soon as it says `word`. */
  function killedAt(word: string, args: readonly string[]): Promise<void> {
    return new Promise((done, reject) => {
      const where = ['--file', join(folder, 'autogit.yaml'), '--state', state];
      const child = spawn(process.execPath, [program.path, 'backup', ...args, ...where], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        if (said.includes(word)) child.kill('SIGKILL');
      });
      child.once('close', (_code, signal) =>
        signal === 'SIGKILL' ? done() : reject(new Error(`it ended before ${word}: ${said}`)),
      );
    });
  }

  /** Runs a shell with the volumes of a job, as root. */
  async function beside(
    job: string,
    script: string,
    mounts: Docker.MountSettings[] = [],
    image = 'autogit-test/filler:1',
  ): Promise<string> {
    const made = await docker.createContainer({
      Image: image,
      Entrypoint: ['/bin/sh', '-c', script],
      HostConfig: { VolumesFrom: [`home-${job}-1`], Mounts: mounts },
    });
    await made.start();
    const { StatusCode: code } = (await made.wait()) as { StatusCode: number };
    const log = (await made.logs({ stdout: true, stderr: true })) as unknown as Buffer;
    await made.remove();
    if (code !== 0) throw new Error(`${script}: ${log.toString('utf8')}`);
    return log.subarray(8).toString('utf8').trim();
  }
});

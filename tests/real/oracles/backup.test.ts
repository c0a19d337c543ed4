import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compile } from '../../../compiler/compile.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { freePort } from '../free-port.ts';
import { postgresPrograms } from './programs.ts';

const file = `name: home
domain: home.lan
database: postgres
forge: { use: gitea, database: sqlite }
backup:
  use: restic
  repository: /mnt/backup
  password: key
  credentials: { AWS_ACCESS_KEY_ID: id }
  schedule: { at: "0 3 * * *", timeout: 4s }
services: { wiki: { image: "wiki:1", needs: [database] } }
secrets: { key: { file: /etc/autogit/backup-key }, id: { env: ID } }
`;

/** The scripts that a backup renders, run by a real shell with a real restic, a real PostgreSQL and a real SQLite. */
describe('a backup', () => {
  const programs = postgresPrograms()?.folder ?? '';
  const owner = process.getuid?.() === 0 ? userOf('postgres') : {};
  let dir: string;
  let port: number;
  let writer: ChildProcess | undefined;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-backup-'));
    chmodSync(dir, 0o755);
    port = await freePort();
    const data = join(dir, 'data');
    mkdirSync(data, { mode: 0o700 });
    if (owner.uid !== undefined && owner.gid !== undefined) chownSync(data, owner.uid, owner.gid);
    mkdirSync(join(dir, 'secrets'));
    writeFileSync(join(dir, 'secrets/database-admin-password'), 'admin-canary\n');
    writeFileSync(join(dir, 'secrets/key'), 'key-canary\n');
    writeFileSync(join(dir, 'secrets/id'), 'id-canary\n');
    writeFileSync(join(dir, 'pw'), 'admin-canary\n');
    server('initdb', ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${join(dir, 'pw')}`]);
    const settings = `-p ${port} -k ${data} -c listen_addresses=127.0.0.1`;
    server('pg_ctl', ['-D', data, '-w', '-t', '180', '-l', join(data, 'log'), '-o', settings, 'start']);
  });

  afterAll(() => {
    writer?.kill('SIGKILL');
    server('pg_ctl', ['-D', join(dir, 'data'), '-m', 'immediate', 'stop']);
    rmSync(dir, { recursive: true, force: true });
  });

  beforeEach(() => {
    writer?.kill('SIGKILL');
    for (const each of ['repository', 'dumps', 'volumes', 'restore']) {
      rmSync(join(dir, each), { recursive: true, force: true });
      mkdirSync(join(dir, each));
    }
    for (const each of ['dumps/database-data', 'dumps/forge-database', 'volumes/forge-data/data/git']) {
      mkdirSync(join(dir, each), { recursive: true });
    }
  });

  it('brings back a database, a forge with SQLite and its repositories after all of them are gone', async () => {
    sql(
      'drop database if exists wiki',
      'drop role if exists wiki',
      'create role wiki login',
      'create database wiki owner wiki',
    );
    sqlIn('wiki', "create table pages as select n, 'page ' || n as title from generate_series(1, 1000) n");
    writeFileSync(join(dir, 'volumes/forge-data/data/git/HEAD'), 'ref: refs/heads/main\n');
    await writeWithoutEnd();
    await prepared();
    const output = await run('save');
    expect(output.text).toContain('the copy is complete');
    expect(output.code).toBe(0);
    expect((await run('verify')).text).toContain('no errors were found');

    writer?.kill('SIGKILL');
    sql('drop database wiki', 'drop role wiki');
    rmSync(join(dir, 'volumes'), { recursive: true });

    const dump = join(dir, 'restore/database.sql');
    execFileSync('sh', ['-c', `sh ${script('backup')} dump latest ${dir}/dumps/database-data/database-data > ${dump}`]);
    psql('postgres', '-o', '/dev/null', '-f', dump);
    expect(sqlIn('wiki', "select count(*) || ' ' || max(title) from pages")).toBe('1000 page 999');
    expect(sqlIn('postgres', "select rolname from pg_roles where rolname = 'wiki'")).toBe('wiki');

    expect((await run('restore', 'latest', '--target', `${dir}/restore`)).code).toBe(0);
    const restored = join(dir, `restore${dir}`);
    expect(readFileSync(join(restored, 'volumes/forge-data/data/git/HEAD'), 'utf8')).toBe('ref: refs/heads/main\n');
    const database = join(restored, 'dumps/forge-database/forge-database');
    expect(sqlite(database, 'pragma integrity_check')).toBe('ok');
    // What was written and not yet in the file itself is there, and what was never finished is not.
    expect(sqlite(database, 'select group_concat(name) from users')).toBe('ana,ben');
  });

  it('says that a dump did not come, saves the rest and ends as failed', async () => {
    writeFileSync(join(dir, 'volumes/forge-data/data/git/HEAD'), 'ref: refs/heads/main\n');
    await rendered();
    await run('init');
    const { text, code } = await run('save');
    expect(text).toContain('forge-database did not come in time');
    expect(text).toContain('the copy is not complete');
    expect(code).toBe(1);
    expect((await run('ls', 'latest')).text).toContain('/volumes/forge-data/data/git/HEAD');
  });

  it('keeps the dump before when one fails, and never takes half of one', async () => {
    await rendered();
    writeFileSync(join(dir, 'dumps/forge-database/forge-database'), 'the one before');
    const { code } = await shell(script('backup-forge-database'));
    expect(code).not.toBe(0);
    expect(readFileSync(join(dir, 'dumps/forge-database/forge-database'), 'utf8')).toBe('the one before');
  });

  it('makes no second repository where there is one, and none at all but when it is asked to', async () => {
    await rendered();
    expect((await run('save')).code).not.toBe(0);
    expect(existsSync(join(dir, 'repository/config'))).toBe(false);
    await run('init');
    const config = readFileSync(join(dir, 'repository/config'));
    expect((await run('init')).code).toBe(0);
    expect(readFileSync(join(dir, 'repository/config'))).toEqual(config);
  });

  it('removes old copies of its own and none of anybody else', async () => {
    await prepared();
    const env = {
      ...process.env,
      RESTIC_REPOSITORY: join(dir, 'repository'),
      RESTIC_PASSWORD_FILE: join(dir, 'secrets/key'),
    };
    const other = ['--no-cache', 'backup', '-q', '--host', 'other', '--tag', 'other', join(dir, 'secrets/id')];
    for (const time of ['2020-01-01 03:00:00', '2020-01-02 03:00:00']) {
      execFileSync('restic', [...other, '--time', time], { env, stdio: 'ignore' });
    }
    const own = [
      '--no-cache',
      'backup',
      '-q',
      '--host',
      'home-local',
      '--tag',
      'autogit-home',
      '--time',
      '2020-01-01 03:00:00',
    ];
    execFileSync('restic', [...own, join(dir, 'secrets/id')], { env, stdio: 'ignore' });
    for (let times = 0; times < 2; times += 1) expect((await run('save')).code).toBe(0);
    const { text } = await run('snapshots', '--json');
    const snapshots = JSON.parse(text.slice(text.indexOf('['))) as { hostname: string; time: string }[];
    expect(snapshots.filter(({ hostname }) => hostname === 'other')).toHaveLength(2);
    // The newest of each of the last seven days with a copy, that of 2020 among them, and all of the last day.
    expect(
      snapshots.filter(({ hostname }) => hostname === 'home-local').map(({ time }) => time.slice(0, 4)),
    ).toHaveLength(3);
  });

  it('names a secret that is empty, and shows none in what it prints', async () => {
    await prepared();
    writeFileSync(join(dir, 'secrets/id'), '');
    const { text, code } = await run('snapshots');
    writeFileSync(join(dir, 'secrets/id'), 'id-canary\n');
    expect(code).not.toBe(0);
    expect(text).toContain('secrets/id is empty or missing');
    expect(`${text}${(await run('save')).text}`).not.toMatch(/canary/);
  });

  /** A repository, and both dumps of now. */
  async function prepared(): Promise<void> {
    await rendered();
    if (writer === undefined || writer.killed) await writeWithoutEnd();
    expect((await run('init')).code).toBe(0);
    for (const each of ['backup-database-data', 'backup-forge-database']) {
      const { text, code } = await shell(script(each));
      expect(code, text).toBe(0);
    }
  }

  /** Somebody writes to the database of the forge all the time: one user in the log, and one that is never finished. */
  async function writeWithoutEnd(): Promise<void> {
    const path = join(dir, 'volumes/forge-data/data/forge.db');
    rmSync(path, { force: true });
    const child = spawn('sqlite3', [path], { stdio: ['pipe', 'pipe', 'inherit'] });
    writer = child;
    const said = new Promise((done) => child.stdout.once('data', done));
    child.stdin.write(
      "pragma journal_mode=wal; create table users (name); insert into users values ('ana'), ('ben'); begin immediate; insert into users values ('cleo');\n",
    );
    await said;
    child.stdin.write('.print written\n');
    await new Promise((done) => child.stdout.once('data', done));
  }

  /** The scripts as they are rendered, with the folders of this test in the place of those of the containers. */
  async function rendered(): Promise<void> {
    const { rendered: result, diagnostics } = await compile({
      file: 'autogit.yaml',
      bytes: Buffer.from(file),
      catalog,
      targets,
      target: 'compose',
    });
    expect(diagnostics).toEqual([]);
    for (const name of ['backup', 'backup-database-data', 'backup-forge-database']) {
      const text = result?.manifests.find(({ path }) => path.includes(`/configs/${name}/`))?.text ?? '';
      const dumps = name === 'backup' ? `${dir}/dumps/` : `${dir}/dumps/${name.slice('backup-'.length)}/`;
      writeFileSync(
        script(name),
        text
          .replaceAll('/dumps/', dumps)
          .replaceAll('/run/secrets/', `${dir}/secrets/`)
          .replaceAll("'/repository'", `'${dir}/repository'`)
          .replaceAll("'/volumes/", `'${dir}/volumes/`)
          .replaceAll('/var/lib/gitea/', `${dir}/volumes/forge-data/`)
          .replaceAll('-h home-database -p 5432', `-h 127.0.0.1 -p ${port}`),
      );
    }
  }

  function script(name: string): string {
    return join(dir, `${name}.sh`);
  }

  function run(...args: string[]): Promise<{ readonly text: string; readonly code: number }> {
    return shell(script('backup'), ...args);
  }

  function shell(path: string, ...args: string[]): Promise<{ readonly text: string; readonly code: number }> {
    const env = { PATH: `${programs}:${process.env.PATH ?? ''}`, HOME: dir };
    return new Promise((done) => {
      execFile('sh', [path, ...args], { cwd: dir, env, timeout: 120_000 }, (error, out, err) =>
        done({ text: `${out}${err}`, code: error === null ? 0 : Number(error.code ?? -1) }),
      );
    });
  }

  function sql(...statements: string[]): void {
    for (const statement of statements) sqlIn('postgres', statement);
  }

  function sqlIn(database: string, statement: string): string {
    return psql(database, '-At', '-c', statement);
  }

  function psql(database: string, ...args: string[]): string {
    const env = { PGHOST: '127.0.0.1', PGPORT: String(port), PGPASSWORD: 'admin-canary' };
    const all = ['-qX', '-U', 'postgres', '-d', database, ...args];
    return execFileSync(join(programs, 'psql'), all, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  }

  function sqlite(path: string, statement: string): string {
    return execFileSync('sqlite3', [path, statement], { encoding: 'utf8' }).trim();
  }

  function server(program: string, args: string[]): void {
    execFileSync(join(programs, program), args, { ...owner, cwd: dir, stdio: ['ignore', 'ignore', 'inherit'] });
  }
});

function userOf(name: string): { readonly uid?: number; readonly gid?: number } {
  const number = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PartContext } from '../../../compiler/model/component.ts';
import { postgres } from '../../../library/postgres/component.ts';
import { type RolesScript, rolesScript } from '../../../library/postgres/roles-script.ts';
import { settingsFor } from '../../../library/postgres/settings.ts';
import { freePort } from '../free-port.ts';
import { postgresPrograms } from './programs.ts';

interface Script {
  readonly child: ChildProcess;
  /** Exit code. */
  readonly ended: Promise<number | null>;
  readonly said: () => string;
}

/** The script of the second container of the database, run by a real shell against a real server. */
describe('the roles of the database', () => {
  const programs = postgresPrograms()?.folder ?? '';
  // The server refuses to run as root, and its folder must be its own.
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot ? userOf('postgres') : {};
  let dir: string;
  let port: number;
  let running: Script[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-roles-'));
    chmodSync(dir, 0o755);
    port = await freePort();
    const data = join(dir, 'data');
    execFileSync('mkdir', ['-m', '700', data]);
    if (owner.uid !== undefined && owner.gid !== undefined) chownSync(data, owner.uid, owner.gid);
    writeFileSync(join(dir, 'admin'), 'admin-canary\n');
    server('initdb', ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${join(dir, 'admin')}`]);
    const fitted = settingsFor(512 * 2 ** 20).join(' ');
    const settings = `-p ${port} -k ${data} -c listen_addresses=127.0.0.1 ${fitted}`;
    server('pg_ctl', ['-D', data, '-w', '-t', '180', '-l', join(data, 'log'), '-o', settings, 'start']);
  });

  afterEach(async () => {
    for (const each of running) each.child.kill('SIGTERM');
    await Promise.all(running.map(({ ended }) => ended));
    running = [];
    rmSync(join(dir, 'ready'), { force: true });
  });

  afterAll(() => {
    server('pg_ctl', ['-D', join(dir, 'data'), '-m', 'immediate', 'stop']);
    rmSync(dir, { recursive: true, force: true });
  });

  it('let each client in with its own password, whatever characters that has', async () => {
    const password = `it's \\ $HOME "quoted" %I ;--`;
    await ready([client('wiki', password), client('my_app', 'canary-two')]);
    expect(await query('wiki', 'wiki', password, 'create table pages (id int); select current_user')).toBe(
      'CREATE TABLE\nwiki',
    );
    expect(await query('my_app', 'my_app', 'canary-two', 'select current_database()')).toBe('my_app');
  });

  it('let monitoring see how large every database is and who is connected, and no table', async () => {
    const watcher = client('autogit_metrics', 'canary-three');
    await ready([client('wiki', 'canary-one')], watcher);
    await query('wiki', 'wiki', 'canary-one', 'create table if not exists secrets as select 1');
    const seen = (sql: string) => query('autogit_metrics', 'postgres', 'canary-three', sql);
    expect(Number(await seen("select pg_database_size('wiki')"))).toBeGreaterThan(0);
    expect(Number(await seen("select count(*) from pg_stat_activity where state = 'active'"))).toBeGreaterThan(0);
    expect(await query('autogit_metrics', 'wiki', 'canary-three', 'select 1')).toContain('permission denied');
    expect(await seen('create table mine ()')).toContain('permission denied');
  });

  it('give a client the extension that it may not add itself, and leave it the others', async () => {
    await ready([{ ...client('forge', 'canary-one'), extensions: ['amcheck'] }, client('wiki', 'canary-two')]);
    const add = (name: string) => `create extension if not exists ${name}; select 'there'`;
    for (const name of ['amcheck', 'pg_trgm', 'btree_gist'])
      expect(await query('forge', 'forge', 'canary-one', add(name))).toContain('there');
    expect(await query('wiki', 'wiki', 'canary-two', add('amcheck'))).toContain('permission denied');
    // Once more, on a database that has it.
    await ready([{ ...client('forge', 'canary-one'), extensions: ['amcheck'] }]);
  });

  it('let nobody into the database of another one, or in with a wrong password', async () => {
    await ready([client('wiki', 'canary-one'), client('my_app', 'canary-two')]);
    expect(await query('my_app', 'wiki', 'canary-two', 'select 1')).toContain('permission denied for database "wiki"');
    expect(await query('my_app', 'postgres', 'canary-two', 'create database mine')).toContain('permission denied');
    expect(await query('wiki', 'wiki', 'canary-two', 'select 1')).toContain('password authentication failed');
  });

  it('come to a server that has others already, and keep their data', async () => {
    await ready([client('first', 'canary-one')]);
    await query('first', 'first', 'canary-one', 'create table kept as select 7 as seven');
    await ready([client('first', 'canary-one'), client('later', 'canary-two')]);
    expect(await query('later', 'later', 'canary-two', 'select 1')).toBe('1');
    expect(await query('first', 'first', 'canary-one', 'select seven from kept')).toBe('7');
  });

  it('follow a password that was changed', async () => {
    await ready([client('wiki', 'canary-old')]);
    await ready([client('wiki', 'canary-new')]);
    expect(await query('wiki', 'wiki', 'canary-new', 'select 1')).toBe('1');
    expect(await query('wiki', 'wiki', 'canary-old', 'select 1')).toContain('password authentication failed');
  });

  it('are made anew when they are lost', async () => {
    const script = await ready([client('gone', 'canary-one')]);
    await admin('drop database gone; drop role gone');
    expect(await script.ended).toBe(1);
    await ready([client('gone', 'canary-one')]);
    expect(await query('gone', 'gone', 'canary-one', 'select 1')).toBe('1');
  });

  it('are not ready without a password, and say which file is empty', async () => {
    const script = start([client('wiki', '')]);
    expect(await script.ended).toBe(1);
    expect(script.said()).toBe(`${join(dir, 'wiki-password')} is empty or missing\n`);
    expect(existsSync(join(dir, 'ready'))).toBe(false);
  });

  it('end at once when they are asked to', async () => {
    const script = await ready([client('wiki', 'canary-one')]);
    const before = performance.now();
    script.child.kill('SIGTERM');
    expect(await script.ended).toBe(0);
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  it('live on a server whose settings fit its memory', async () => {
    expect(await query('postgres', 'postgres', 'admin-canary', 'show shared_buffers')).toBe('128MB');
    expect(await query('postgres', 'postgres', 'admin-canary', 'show work_mem')).toBe('2MB');
    const misspelt = settingsFor(2 ** 30).map((each) => each.replace('shared_buffers', 'shared_bufers'));
    expect(() => server('postgres', ['-D', join(dir, 'data'), '-C', 'port', ...misspelt])).toThrow();
  });

  it('come back with their data and passwords from a dump', async () => {
    await ready([client('wiki', 'canary-one')]);
    await query('wiki', 'wiki', 'canary-one', 'create table restored as select 7 as seven');
    const { command, restore } = dumpOf();
    const dump = inside(command);
    await admin('drop database wiki; drop role wiki');
    expect(await query('wiki', 'wiki', 'canary-one', 'select seven from restored')).toContain('authentication failed');
    inside(restore, dump);
    expect(await query('wiki', 'wiki', 'canary-one', 'select seven from restored')).toBe('7');
  });

  it('leave no password in the log of the server or in their own', async () => {
    const script = await ready([client('wiki', 'canary-one')]);
    expect(readFileSync(join(dir, 'data/log'), 'utf8') + script.said()).not.toContain('canary');
  });

  function client(name: string, password: string): RolesScript['clients'][number] {
    const passwordFile = join(dir, `${name}-password`);
    writeFileSync(passwordFile, password);
    return { user: name, database: name, passwordFile };
  }

  async function ready(clients: ReturnType<typeof client>[], watcher?: RolesScript['watcher']) {
    rmSync(join(dir, 'ready'), { force: true });
    const script = start(clients, watcher);
    for (const end = Date.now() + 120_000; !existsSync(join(dir, 'ready')); await sleep(50)) {
      if (Date.now() > end) throw new Error(`not ready: ${script.said()}`);
    }
    return script;
  }

  /** With its ready file in this test's folder, and looking every second in place of every thirty. */
  function start(clients: ReturnType<typeof client>[], watcher?: RolesScript['watcher']): Script {
    const watching = watcher === undefined ? {} : { watcher };
    const text = rolesScript({
      hostname: '127.0.0.1',
      port,
      adminPasswordFile: join(dir, 'admin'),
      clients,
      ...watching,
    })
      .replaceAll('/tmp/ready', join(dir, 'ready'))
      .replace('sleep 30', 'sleep 1');
    writeFileSync(join(dir, 'roles.sh'), text);
    const child = spawn('/bin/sh', [join(dir, 'roles.sh')], { env: { PATH: `${programs}:${process.env.PATH}` } });
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
    });
    child.stderr.on('data', (data) => {
      said += data;
    });
    const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
    const script = { child, ended, said: () => said };
    running.push(script);
    return script;
  }

  function admin(sql: string): Promise<string> {
    const statements = sql.split(';');
    return statements.reduce(
      async (before, each) => (await before) + (await query('postgres', 'postgres', 'admin-canary', each)),
      Promise.resolve(''),
    );
  }

  /** What psql prints, or its error. */
  function query(user: string, database: string, password: string, sql: string): Promise<string> {
    const args = ['-XAt', '-h', '127.0.0.1', '-p', String(port), '-U', user, '-d', database, '-c', sql];
    return new Promise((done) => {
      execFile(join(programs, 'psql'), args, { env: { PGPASSWORD: password } }, (error, out, err) =>
        done(error === null ? out.trim() : err),
      );
    });
  }

  function dumpOf() {
    const context = {
      id: 'database',
      origin: '/database',
      platform: { name: 'home', roles: ['database'] },
    } as unknown as PartContext;
    const [dump] = postgres.declare?.({ size: '1Gi' }, context).dumps ?? [];
    if (dump === undefined) throw new Error('the database says no dump');
    return dump;
  }

  /** A command of the container, with the server of this test in the place of its own. */
  function inside([program = '', ...args]: readonly string[] = [], input = ''): string {
    const env = { PGHOST: '127.0.0.1', PGPORT: String(port), PGPASSWORD: 'admin-canary' };
    const path = join(programs, program);
    return execFileSync(path, args, { cwd: dir, env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  }

  function server(program: string, args: string[]): void {
    execFileSync(join(programs, program), args, { ...owner, cwd: dir, stdio: ['ignore', 'ignore', 'inherit'] });
  }
});

function userOf(name: string): { readonly uid?: number; readonly gid?: number } {
  const number = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}

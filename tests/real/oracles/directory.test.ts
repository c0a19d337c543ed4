import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Account, startScript } from '../../../library/lldap/start-script.ts';

const patience = { timeout: 60_000, interval: 100 };

interface Person {
  readonly email: string;
  readonly displayName: string;
  password?: string;
  readonly groups: string[];
}

/**
 * The start of the directory, run by the shell and with the programs of its image. lldap itself cannot be built here, so
 * a server answers in its place, in the words of its GraphQL schema.
 */
describe('the start of the directory', () => {
  let dir: string;
  let server: Server;
  let port: number;
  let people: Map<string, Person>;
  let groups: string[];
  let passwordsFail: boolean;
  let running: ChildProcess;
  let said: string;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-directory-'));
    people = new Map([['admin', { email: 'admin@home.lan', displayName: '', groups: ['lldap_admin'] }]]);
    groups = ['lldap_admin', 'lldap_password_manager', 'lldap_strict_readonly'];
    passwordsFail = false;
    said = '';
    server = createServer((asked, answer) => {
      let body = '';
      asked.on('data', (data) => {
        body += data;
      });
      asked.on('end', () => {
        const { status, text } = respond(asked.url ?? '', asked.headers.authorization, body);
        answer.writeHead(status).end(text);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
    for (const [name, text] of Object.entries({ admin: 'of "admin"\\', reader: 'of-reader', ana: "-of 'ana'" }))
      writeFileSync(join(dir, name), text);
    mkdirSync(join(dir, 'app'));
    executable('lldap', 'exec sleep 600');
    // What the real one is asked for; it tells the server.
    executable(
      'lldap_set_password',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell takes the option's name off.
      'exec busybox wget -q -O - --header "Authorization: Bearer $4" --post-data "${7#--password=}" "$2/set/$6"',
    );
  });

  afterEach(async () => {
    stop();
    await new Promise((done) => server.close(done));
    rmSync(dir, { recursive: true, force: true });
  });

  it('makes groups and accounts, with their first passwords, and says when they are there', async () => {
    start([reader, ana]);
    await ready();
    expect(groups).toContain('family');
    expect(people.get('sso-reader')).toMatchObject({ password: 'of-reader', groups: ['lldap_strict_readonly'] });
    expect(people.get('ana')).toEqual({
      email: 'ana@example.org',
      displayName: 'Ana "A" O\'Neil',
      password: "-of 'ana'",
      groups: ['family', 'lldap_admin'],
    });
  });

  it('leaves alone what people changed, but for the account of sign-on', async () => {
    start([reader, ana]);
    await ready();
    stop();
    Object.assign(people.get('ana') as Person, { password: 'changed', groups: ['family', 'lldap_admin', 'chess'] });
    Object.assign(people.get('sso-reader') as Person, { password: 'changed' });
    start([reader, { ...ana, groups: [...ana.groups, 'garden'] }]);
    await ready();
    expect(people.get('ana')).toMatchObject({
      password: 'changed',
      groups: ['family', 'lldap_admin', 'chess', 'garden'],
    });
    expect(people.get('sso-reader')?.password).toBe('of-reader');
  });

  it('is not ready, and keeps no account without a password, until passwords can be set', async () => {
    passwordsFail = true;
    start([reader]);
    await vi.waitFor(() => expect(said).toContain('the accounts are not made yet'), patience);
    expect(people.has('sso-reader')).toBe(false);
    expect(said).not.toContain('the accounts are there');
    passwordsFail = false;
    await ready();
    expect(people.get('sso-reader')?.password).toBe('of-reader');
  });

  const reader = account('sso-reader', 'reader', { fixed: true, groups: ['lldap_strict_readonly'] });
  const ana = account('ana', 'ana', { name: 'Ana "A" O\'Neil', groups: ['family', 'lldap_admin'] });

  function account(id: string, secret: string, more: Partial<Account>): Account {
    // The folder is made later.
    return { id, email: `${id}@example.org`, name: id, passwordFile: secret, fixed: false, groups: [], ...more };
  }

  function executable(name: string, text: string): void {
    writeFileSync(join(dir, 'app', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(dir, 'app', name), 0o755);
  }

  function start(accounts: readonly Account[]): void {
    said = '';
    const script = startScript({
      port,
      admin: { id: 'admin', passwordFile: join(dir, 'admin') },
      accounts: accounts.map((each) => ({ ...each, passwordFile: join(dir, each.passwordFile) })),
      readyPath: join(dir, 'ready'),
    }).replaceAll('/app/', `${dir}/app/`);
    writeFileSync(join(dir, 'start.sh'), script);
    // BusyBox alone: its shell, its wget, its sed.
    mkdirSync(join(dir, 'bin'), { recursive: true });
    running = spawn('busybox', ['sh', join(dir, 'start.sh')], { detached: true });
    for (const stream of [running.stdout, running.stderr])
      stream?.on('data', (data) => {
        said += data;
      });
  }

  /** The script and all that it started. */
  function stop(): void {
    if (running?.pid !== undefined && running.exitCode === null && running.signalCode === null)
      process.kill(-running.pid, 'SIGKILL');
  }

  function ready(): Promise<void> {
    return vi.waitFor(() => expect(said).toContain('the accounts are there'), patience);
  }

  function respond(path: string, authorization: string | undefined, body: string): { status: number; text: string } {
    const fine = (value: unknown) => ({ status: 200, text: JSON.stringify(value) });
    if (path === '/health') return fine('OK');
    if (path === '/auth/simple/login') {
      const right = body === JSON.stringify({ username: 'admin', password: 'of "admin"\\' });
      return right ? fine({ token: 'jwt', refreshToken: 'more' }) : { status: 401, text: '' };
    }
    if (authorization !== 'Bearer jwt') return { status: 401, text: '' };
    const set = /^\/set\/(.+)$/.exec(path)?.[1];
    if (set !== undefined) {
      if (passwordsFail) return { status: 500, text: '' };
      Object.assign(people.get(set) ?? {}, { password: body });
      return fine('');
    }
    const { query, variables } = JSON.parse(body) as { query: string; variables?: { user: Record<string, string> } };
    return fine(answerTo(query, variables?.user));
  }

  function answerTo(query: string, created: Record<string, string> | undefined): unknown {
    const [, id = '', group = ''] = /\("?(?:name|userId):"([^"]+)"(?:,groupId:(\d+))?\)/.exec(query) ?? [];
    const person = people.get(id);
    const wrong = (message: string) => ({ data: null, errors: [{ message }] });
    const named = (names: readonly string[]) =>
      names.map((name) => ({ id: groups.indexOf(name) + 1, displayName: name }));
    if (query === '{groups{id displayName}}') return { data: { groups: named(groups) } };
    if (query.startsWith('{user(') && person === undefined) return wrong(`Entity not found: "${id}"`);
    if (query.endsWith('{id}}') && query.startsWith('{user(')) return { data: { user: { id } } };
    if (query.startsWith('{user('))
      return { data: { user: { groups: person?.groups.map((displayName) => ({ displayName })) } } };
    if (query.includes('createGroup')) groups.push(id);
    else if (query.includes('deleteUser')) people.delete(id);
    else if (query.includes('addUserToGroup')) person?.groups.push(groups[Number(group) - 1] ?? '');
    else if (created !== undefined) {
      const { id: own = '', email = '', displayName = '' } = created;
      if (people.has(own)) return wrong('already there');
      people.set(own, { email, displayName, groups: [] });
    } else return wrong(`unknown: ${query}`);
    return { data: { ok: true } };
  }
});

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsCredentialsPath, awsScript } from '../../library/traefik/aws-credentials.ts';
import { reloadScript } from '../../library/traefik/reload-script.ts';

/** The script runs in a real shell; only `traefik` is another program, which notes what it is told. */
describe('the start script of Traefik', () => {
  let dir: string;
  let shell: ChildProcess;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-traefik-'));
    const traefik = `#!/bin/sh
trap 'echo >>${dir}/read' HUP
trap 'exit 7' TERM
echo >${dir}/up
while :; do sleep 0.1; done
`;
    writeFileSync(join(dir, 'traefik'), traefik);
    chmodSync(join(dir, 'traefik'), 0o755);
    const text = reloadScript('/etc/traefik/traefik.yml', join(dir, 'hosts.crt'));
    shell = spawn('/bin/sh', ['-c', text], { env: { PATH: `${dir}:${process.env.PATH}` } });
  });

  afterEach(async () => {
    const ended = new Promise((done) => shell.once('exit', done));
    if (shell.exitCode === null && shell.kill('SIGTERM')) await ended;
    rmSync(dir, { recursive: true, force: true });
  });

  it('has a certificate read that was made after the start', async () => {
    await vi.waitFor(() => expect(existsSync(join(dir, 'up'))).toBe(true), { timeout: 30_000 });
    expect(existsSync(join(dir, 'read'))).toBe(false);
    writeFileSync(join(dir, 'hosts.crt'), 'a certificate');
    await vi.waitFor(() => expect(existsSync(join(dir, 'read'))).toBe(true), { timeout: 60_000 });
  });

  it('ends as Traefik does', async () => {
    await vi.waitFor(() => expect(existsSync(join(dir, 'up'))).toBe(true), { timeout: 30_000 });
    const ended = new Promise((done) => shell.once('exit', done));
    shell.kill('SIGTERM');
    expect(await ended).toBe(7);
  });
});

describe('the start script of Traefik with credentials of AWS', () => {
  const credentials = [
    { key: 'aws_access_key_id', secret: 'id' },
    { key: 'aws_secret_access_key', secret: 'secret' },
  ];
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-aws-'));
    mkdirSync(join(dir, 'secrets'));
    writeFileSync(join(dir, 'secrets/id'), 'AKIAEXAMPLE\n');
    writeFileSync(join(dir, 'secrets/secret'), 'wJalr/K7MDENG+bPx%s');
    writeFileSync(join(dir, 'traefik'), `#!/bin/sh\necho "$@" >${dir}/started\n`);
    chmodSync(join(dir, 'traefik'), 0o755);
  });

  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('makes one file of the secrets, for the ingress alone to read', () => {
    run(credentials);
    expect(readFileSync(join(dir, 'credentials'), 'utf8')).toBe(
      '[default]\nregion = us-east-1\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = wJalr/K7MDENG+bPx%s\n',
    );
    expect(statSync(join(dir, 'credentials')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, 'started'), 'utf8')).toBe('--configFile=/etc/traefik/traefik.yml\n');
  });

  it('takes the region of the file', () => {
    writeFileSync(join(dir, 'secrets/region'), 'cn-north-1');
    run([...credentials, { key: 'region', secret: 'region' }]);
    expect(readFileSync(join(dir, 'credentials'), 'utf8').match(/^region = .*$/gm)).toEqual(['region = cn-north-1']);
  });

  it('does not start without one of them', () => {
    rmSync(join(dir, 'secrets/secret'));
    expect(() => run(credentials)).toThrow(/No such file/);
    expect(existsSync(join(dir, 'started'))).toBe(false);
  });

  function run(given: typeof credentials): void {
    const text = awsScript('/etc/traefik/traefik.yml', given)
      .replaceAll('/run/secrets', join(dir, 'secrets'))
      .replaceAll(awsCredentialsPath, join(dir, 'credentials'));
    execFileSync('/bin/sh', ['-c', text], { env: { PATH: `${dir}:${process.env.PATH}` }, stdio: 'pipe' });
  }
});

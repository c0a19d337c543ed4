import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

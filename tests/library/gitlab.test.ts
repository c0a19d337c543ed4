import { execFileSync, spawn } from 'node:child_process';
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
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { askScript, backupScript, giveScript, restoreScript } from '../../library/gitlab/backup.ts';
import { senderOf } from '../../library/gitlab/server-settings.ts';
import { startScript } from '../../library/gitlab/start-script.ts';
import { dumpScript } from '../../library/restic/dump-script.ts';
import { strictPolicy } from '../../reconciler/model/policy.ts';

describe('a file with GitLab', () => {
  it.each([
    ['runners', 'runners: { linux: { labels: [docker] } }', ['AG310']],
    ['an old PostgreSQL', 'database: { use: postgres, image: "postgres:16.9" }', ['AG311']],
    ['a PostgreSQL newer than GitLab knows', 'database: { use: postgres, image: "postgres:19" }', ['AG311']],
    ['a new PostgreSQL', 'database: { use: postgres, image: "postgres:18.1" }', []],
    ['a PostgreSQL that says no version', 'database: { use: postgres, image: "registry.home.lan/postgres:ours" }', []],
    ['a cache that forgets', 'cache: { use: redis, eviction: least-recent }', ['AG312']],
  ])('and %s: %j gives %j', async (_, line, codes) => {
    expect(await codesOf(`forge: gitlab\n${line}\n`)).toEqual(codes);
  });

  it.each([
    ['{ use: gitlab, limits: { memory: 256Mi } }', ['AG437']],
    ['{ use: gitlab, limits: { cpus: 0.5 } }', []],
    ['{ use: gitlab, profile: standard, limits: { memory: 4Gi } }', ['AG437']],
    ['{ use: gitlab, image: "gitlab/gitlab-ce:latest" }', ['AG440']],
    ['{ use: gitlab, image: "gitlab/gitlab-ce:nightly" }', ['AG440']],
    [`{ use: gitlab, image: "gitlab/gitlab-ce@sha256:${'a'.repeat(64)}" }`, ['AG440']],
    ['{ use: gitlab, image: "gitlab/gitlab-ce:16.11.10-ce.0" }', ['AG438']],
    ['{ use: gitlab, image: "gitlab/gitlab-ce:19.2.0-rc42.ce.0" }', []],
    ['{ use: gitlab, mail: { server: smtp.example.org, from: "Git <git>" } }', ['AG439']],
    ['{ use: gitlab, mail: { server: smtp.example.org, from: git@example.org, user: git } }', ['AG439']],
    ['{ use: gitlab, mail: { server: smtp.example.org, from: git@example.org, password: smtp } }', ['AG302', 'AG439']],
    ['{ use: gitlab, registry: { host: git } }', ['AG403']],
    ['{ use: gitlab, database: database }', ['AG304']],
    ['{ use: gitlab, cache: cache, storage: objects }', ['AG304', 'AG304']],
    ['{ use: gitlab, url: "https://git.example.org" }', ['AG201']],
  ])('that says forge: %s gives %j', async (forge, codes) => {
    expect(await codesOf(`forge: ${forge}\n`)).toEqual(codes);
  });

  it('asks for no capability that a machine without a policy refuses', async () => {
    const { platform } = await compiled('forge: { use: gitlab, ssh: { port: 2222 } }\ncertificates: own-ca\n');
    const asked = platform?.workloads.flatMap(({ capabilities }) => capabilities) ?? [];
    expect(asked).toContain('SETUID');
    expect(asked.filter((name) => !strictPolicy.capabilities.includes(name))).toEqual([]);
  });

  it('serves one registry at one name', async () => {
    const both = 'forge: { use: gitlab, registry: {} }\n';
    expect(await codesOf(`${both}registry: distribution\n`)).toEqual(['AG403']);
    expect(await codesOf(`${both}registry: { use: distribution, host: images }\n`)).toEqual([]);
  });

  it('says the address of the registry with the port of the ingress', async () => {
    const { platform } = await compiled(
      'forge: { use: gitlab, registry: {} }\ningress: { use: traefik, http: 8080 }\n',
    );
    const settings = platform?.configs.find(({ id }) => id === 'forge-gitlab')?.text;
    expect(settings).toContain("external_url 'http://git.home.lan:8080'");
    expect(settings).toContain("registry_external_url 'http://registry.home.lan:8080'");
  });

  it.each([
    ['19.5.3', 's3_v2', 'checksum_disabled', 'v4auth'],
    ['19.0.0', 's3_v2', 'checksum_disabled', 'v4auth'],
    ['18.11.4', "'s3'", 'v4auth', 'checksum_disabled'],
    ['17.11.7', "'s3'", 'v4auth', 'checksum_disabled'],
  ])('%s keeps the layers of its registry in a bucket by the driver that it has', async (version, driver, has, not) => {
    const { platform } = await compiled(
      `objects: garage\nforge: { use: gitlab, image: "gitlab/gitlab-ce:${version}-ce.0", storage: objects, registry: {} }\n`,
    );
    const text = platform?.configs.find(({ id }) => id === 'forge-gitlab')?.text ?? '';
    const storage = /^registry\['storage'\] = \{$.*?^\}$/ms.exec(text)?.[0] ?? '';
    expect(storage).toContain(driver);
    expect(storage).toContain(has);
    expect(storage).not.toContain(not);
  });

  it('waits until the certificate of the own authority is out of the volume with the keys', async () => {
    const { platform } = await compiled('forge: gitlab\ncertificates: own-ca\n');
    const forge = platform?.workloads.find(({ id }) => id === 'forge');
    expect(forge?.mounts.flatMap((mount) => (mount.kind === 'volume' ? [mount.volume] : []))).not.toContain(
      'certificates-served',
    );
    expect(forge?.needs).toContainEqual(expect.objectContaining({ workload: 'forge-trust', condition: 'done' }));
  });

  it('trusts an ACME server of ones own by its secret alone', async () => {
    const acme =
      'certificates: { issuer: acme, email: ops@home.lan, server: "https://ca.lan/acme", challenge: http-01, trust: authority }';
    const { platform } = await compiled(`forge: gitlab\n${acme}\nsecrets: { authority: { file: /etc/ca.pem } }\n`);
    const forge = platform?.workloads.find(({ id }) => id === 'forge');
    expect(forge?.mounts).toContainEqual(expect.objectContaining({ kind: 'secret', secret: 'authority' }));
    expect(platform?.workloads.map(({ id }) => id)).not.toContain('forge-trust');
  });

  it('opens the port of SSH on its host, or through the ingress, or not at all', async () => {
    const forgeOf = async (ssh: string) => {
      const { platform } = await compiled(`forge: { use: gitlab${ssh} }\n`);
      const forge = platform?.workloads.find(({ id }) => id === 'forge');
      const port = forge?.ports.find(({ name }) => name === 'ssh');
      return { publish: port?.publish?.port, off: forge?.environment.some(({ name }) => name.includes('OPENSSH')) };
    };
    expect(await forgeOf('')).toEqual({ publish: undefined, off: true });
    expect(await forgeOf(', ssh: { port: 2222 }')).toEqual({ publish: 2222, off: false });
    expect(await forgeOf(', ssh: { port: 2222, through: ingress }')).toEqual({ publish: undefined, off: false });
  });

  it.each([
    ['git@example.org', { address: 'git@example.org' }],
    ['Git <git@example.org>', { name: 'Git', address: 'git@example.org' }],
    ['"Git, ours" <git@example.org>', { name: 'Git, ours', address: 'git@example.org' }],
    ['<git@example.org>', { address: 'git@example.org' }],
  ])('takes the sender %s apart', (from, sender) => expect(senderOf(from)).toEqual(sender));
});

/**
 * Its scripts, run by a real shell in a folder that stands for the file systems of both containers. GitLab cannot be had
 * here, so its commands are stand-ins that write down how they are called.
 */
describe('the scripts of GitLab', () => {
  let dir: string;
  const children: ReturnType<typeof spawn>[] = [];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'autogit-gitlab-'));
    for (const folder of [
      'bin',
      'assets',
      'run/secrets',
      'etc/autogit',
      'etc/gitlab',
      'var/lib/autogit/backups',
      'dumps',
    ])
      mkdirSync(join(dir, folder), { recursive: true });
    mkdirSync(join(dir, 'var/opt/gitlab/backups'), { recursive: true });
    writeFileSync(join(dir, 'run/secrets/forge-root-password'), 'canary');
    program('bin/gitlab-backup', `echo "$@" >>"${dir}/called"; [ "$1" = restore ] || printf data >${archive()}`);
    program('bin/gitlab-ctl', `echo "ctl $*" >>"${dir}/called"`);
    for (const name of ['flock', 'chown']) program(`bin/${name}`, ':');
    program('assets/init-container', `echo started >"${dir}/started"; exec sleep 60`);
    writeFileSync(join(dir, 'etc/autogit/backup.sh'), inside(backupScript()));
    writeFileSync(join(dir, 'etc/autogit/restore.sh'), inside(restoreScript()));
  });

  afterEach(() => {
    for (const child of children.splice(0)) if (child.pid !== undefined) kill(child.pid);
    rmSync(dir, { recursive: true, force: true });
  });

  it('start says which secret is missing, before GitLab starts', () => {
    writeFileSync(join(dir, 'run/secrets/forge-root-password'), '');
    expect(() => execFileSync('/bin/sh', [start()], { stdio: 'pipe' })).toThrow(
      'forge-root-password is empty or missing',
    );
    expect(existsSync(join(dir, 'started'))).toBe(false);
  });

  it('start trusts each authority while there is one, and GitLab is the first process', async () => {
    mkdirSync(join(dir, 'etc/autogit/certificates'));
    const certificate = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
    const chain = `# ours\n${certificate('one')}\n${certificate('two')}`;
    writeFileSync(join(dir, 'etc/autogit/certificates/ca.crt'), chain);
    const first = run(start());
    await vi.waitFor(() => expect(existsSync(join(dir, 'started'))).toBe(true), { timeout: 30_000 });
    const trusted = join(dir, 'etc/gitlab/trusted-certs');
    expect(readdirSync(trusted).sort()).toEqual(['autogit-1.crt', 'autogit-2.crt']);
    expect(readFileSync(join(trusted, 'autogit-2.crt'), 'utf8')).toBe(certificate('two'));
    expect(first.exitCode).toBeNull();
    rmSync(join(dir, 'etc/autogit/certificates'), { recursive: true });
    rmSync(join(dir, 'started'));
    run(start());
    await vi.waitFor(() => expect(existsSync(join(dir, 'started'))).toBe(true), { timeout: 30_000 });
    expect(readdirSync(trusted)).toEqual([]);
  });

  it('hand an archive to the job that asks, and take one in', async () => {
    run(start());
    execFileSync('/bin/sh', [asking()], { stdio: 'pipe' });
    expect(readFileSync(join(dir, 'dumps/forge-data'), 'utf8')).toBe('data');
    expect(existsSync(archive())).toBe(false);
    execFileSync('tar', ['-cf', join(dir, 'dumps/forge-data'), '-C', dir, 'assets']);
    execFileSync('/bin/sh', [asking(), 'load', join(dir, 'dumps/forge-data')], { stdio: 'pipe' });
    expect(readFileSync(join(dir, 'called'), 'utf8').trim().split('\n')).toEqual([
      'create BACKUP=autogit STRATEGY=copy',
      'ctl stop puma',
      'ctl stop sidekiq',
      'restore BACKUP=autogit force=yes',
      'ctl reconfigure',
      'ctl restart',
    ]);
    expect(readdirSync(join(dir, 'var/lib/autogit/backups'))).toEqual([]);
  }, 60_000);

  it('tell the job when GitLab makes no archive, or cannot take one in, and keep the one before', async () => {
    program('bin/gitlab-backup', 'echo "no space left" >&2; exit 1');
    run(start());
    writeFileSync(join(dir, 'dumps/forge-data'), 'of yesterday');
    expect(() => execFileSync('/bin/sh', [asking()], { stdio: 'pipe' })).toThrow('could not make its backup');
    expect(readFileSync(join(dir, 'dumps/forge-data'), 'utf8')).toBe('of yesterday');
    expect(() => execFileSync('/bin/sh', [asking(), 'load', join(dir, 'dumps/forge-data')], { stdio: 'pipe' })).toThrow(
      'could not take its backup in',
    );
    expect(readdirSync(join(dir, 'var/lib/autogit/backups'))).toEqual([]);
  }, 60_000);

  it('leave a request alone that is no number', async () => {
    const box = join(dir, 'var/lib/autogit/backups');
    writeFileSync(join(box, '$(touch x).save'), '');
    run(start());
    await vi.waitFor(() => expect(readdirSync(box)).toEqual([]), { timeout: 30_000 });
    expect(existsSync(join(dir, 'called'))).toBe(false);
  });

  function start(): string {
    const text = startScript({
      secretFiles: ['/run/secrets/forge-root-password'],
      authorityFile: '/etc/autogit/certificates/ca.crt',
      backups: {
        folder: '/var/lib/autogit/backups',
        backupPath: '/etc/autogit/backup.sh',
        restorePath: '/etc/autogit/restore.sh',
        user: 1000,
      },
    });
    return script('start.sh', text.replace('sleep 5', 'sleep 0.2'));
  }

  /** The job of the backup, with the two scripts of GitLab in it. */
  function asking(): string {
    return script(
      'dump.sh',
      dumpScript(askScript(), '/dumps/forge-data', giveScript()).replaceAll('sleep 2', 'sleep 0.2'),
    );
  }

  function script(name: string, text: string): string {
    const path = join(dir, name);
    writeFileSync(path, inside(text));
    return path;
  }

  /** Absolute paths of a container become paths in the folder. */
  function inside(text: string): string {
    const path = `export PATH=${join(dir, 'bin')}:$PATH\n`;
    return path + text.replaceAll(/(?<![\w.$}])\/(etc\/(?:autogit|gitlab)|var\/|run\/|assets\/|dumps)/g, `${dir}/$1`);
  }

  function archive(): string {
    return join(dir, 'var/opt/gitlab/backups/autogit_gitlab_backup.tar');
  }

  function program(name: string, text: string): void {
    writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(dir, name), 0o755);
  }

  /** In a group of its own, so that what it leaves behind ends with it. */
  function run(path: string) {
    const child = spawn('/bin/sh', [path], { stdio: 'ignore', detached: true });
    children.push(child);
    return child;
  }

  function kill(pid: number): void {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
});

async function codesOf(rest: string): Promise<readonly string[]> {
  return (await compiled(rest)).diagnostics.map(({ code }) => code).sort();
}

function compiled(rest: string) {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${rest}`);
  return compile({ file: 'autogit.yaml', bytes, catalog, targets, target: 'compose' });
}

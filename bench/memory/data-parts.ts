import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../tests/real/free-port.ts';
import { postgresPrograms } from '../../tests/real/oracles/programs.ts';
import { until } from '../../tests/real/oracles/store-world.ts';
import { Folder, type Part, pidOf, run, times } from './part.ts';

/** PostgreSQL with the settings that are fitted to its limit. It refuses to run as root, so that user `postgres` does. */
export const database: Part = {
  id: 'database',
  program: `PostgreSQL ${postgresPrograms()?.version}`,
  load: 'pgbench: 1,000,000 rows, 20 connections for 20 s',
  start: async (platform) => {
    const folder = new Folder(platform);
    const bin = postgresPrograms()?.folder ?? '';
    const port = String(await freePort());
    const data = folder.make('data');
    chmodSync(folder.path, 0o755);
    const isRoot = process.getuid?.() === 0;
    const as = (program: string, args: readonly string[]): [string, string[]] =>
      isRoot
        ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', join(bin, program), ...args]]
        : [join(bin, program), [...args]];
    if (isRoot) {
      const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
      chownSync(data, await id('-u'), await id('-g'));
    }
    await run(...as('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust']), { cwd: '/' });
    const [, ...settings] = platform.workloads.find(({ id }) => id === 'database')?.command ?? [];
    const running = folder.run(...as('postgres', ['-D', data, '-p', port, '-k', data, ...settings]));
    const client = ['-h', '127.0.0.1', '-p', port, '-U', 'postgres'];
    await until(() => run(join(bin, 'pg_isready'), client).then(() => true), running);
    return {
      pid: pidOf(running),
      work: async () => {
        await run(join(bin, 'pgbench'), [...client, '-q', '-i', '-s', '10', 'postgres']);
        await run(join(bin, 'pgbench'), [...client, '-c', '20', '-T', '20', 'postgres']);
      },
      stop: () => folder.end(),
    };
  },
};

/** The cache with the rendered settings; Redis in the place of Valkey, whose fork it is. */
export const cache: Part = {
  id: 'cache',
  program: 'Redis 7.0 in the place of Valkey',
  load: '200,000 writes of 1 kB',
  start: async (platform) => {
    const folder = new Folder(platform);
    const port = await freePort();
    for (const name of ['data', 'tmp', 'secrets']) folder.make(name);
    for (const name of ['cache-admin', 'board-cache', 'sso-cache']) folder.write(`secrets/${name}-password`, 'bench\n');
    folder.config('cache.conf', 'cache-config', {
      'port 6379': `port ${port}`,
      '/tmp/': `${folder.at('tmp')}/`,
      'dir /data': `dir ${folder.at('data')}`,
    });
    folder.config('start.sh', 'cache-start', {
      // First, since every other folder here lies below it.
      '/tmp/': `${folder.at('tmp')}/`,
      '/run/secrets/': `${folder.at('secrets')}/`,
      '/etc/autogit/cache.conf': folder.at('cache.conf'),
      '/data/': `${folder.at('data')}/`,
      'valkey-': 'redis-',
    });
    const running = folder.run('/bin/sh', [folder.at('start.sh')]);
    const at = ['-p', String(port)];
    await until(
      async () => (await run('redis-cli', [...at, '--user', 'probe', '--pass', 'x', 'ping'])).stdout.includes('PONG'),
      running,
    );
    const client = [...at, '--user', 'default', '-a', 'bench'];
    return {
      pid: pidOf(running),
      work: () =>
        run('redis-benchmark', [
          ...client,
          '-q',
          '-t',
          'set',
          '-n',
          '200000',
          '-r',
          '200000',
          '-d',
          '1000',
          '-c',
          '20',
        ]),
      stop: () => folder.end(),
    };
  },
};

/** What `htpasswd -nB ana` prints for the password below, with few rounds. */
const users = 'ana:$2b$04$/KolU2BjsETaguvMyim3OeV.hzpWzDtZJRe.9MWuTovchJ5woechO\n';
const authorization = `Basic ${Buffer.from('ana:canary-ana').toString('base64')}`;

/** The registry over a folder. */
export const registry: Part = {
  id: 'registry',
  program: 'Distribution 2.8 (Debian)',
  load: '8 layers of 30 MB, 4 at once, each pulled twice',
  start: async (platform) => {
    const folder = new Folder(platform);
    const at = { registry: await freePort(), debug: await freePort() };
    folder.make('data');
    symlinkSync('/usr/bin/docker-registry', join(folder.make('bin'), 'registry'));
    folder.make('secrets');
    folder.write('secrets/registry-users', users);
    folder.write('secrets/registry-http-secret', 'bench');
    for (const [name, id] of [
      ['config.yml', 'registry-config'],
      ['read-only.yml', 'registry-read-only'],
    ] as const)
      folder.config(name, id, {
        '/run/secrets/': `${folder.at('secrets')}/`,
        '":5000"': `127.0.0.1:${at.registry}`,
        '":5001"': `127.0.0.1:${at.debug}`,
        '/var/lib/registry': folder.at('data'),
      });
    folder.config('start.sh', 'registry-start', {
      '/run/secrets/': `${folder.at('secrets')}/`,
      '/etc/autogit/': `${folder.path}/`,
    });
    const running = folder.run('/bin/sh', [folder.at('start.sh')], { PATH: `${folder.at('bin')}:${process.env.PATH}` });
    const url = `http://127.0.0.1:${at.registry}`;
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(new URL(path, url), { ...init, headers: { authorization, 'content-type': 'application/octet-stream' } });
    await until(async () => (await ask('/v2/')).status === 200, running);
    return {
      pid: pidOf(running),
      work: () => times(8, 4, () => pushAndPull(ask)),
      stop: () => folder.end(),
    };
  },
};

async function pushAndPull(ask: (path: string, init?: RequestInit) => Promise<Response>): Promise<void> {
  const layer = randomBytes(30_000_000);
  const digest = `sha256:${createHash('sha256').update(layer).digest('hex')}`;
  const begun = await ask('/v2/app/blobs/uploads/', { method: 'POST' });
  const place = `${begun.headers.get('location')}&digest=${digest}`;
  const { status } = await ask(place, { method: 'PUT', body: layer });
  if (status !== 201) throw new Error(`the registry refuses a layer: ${status}`);
  for (let pull = 0; pull < 2; pull++) await (await ask(`/v2/app/blobs/${digest}`)).arrayBuffer();
}

/** restic itself; it is measured from its start to its end. */
export const backup: Part = {
  id: 'backup',
  program: 'restic (Debian)',
  load: 'a first copy of 200 MB in 2,000 files',
  start: async (platform) => {
    const folder = new Folder(platform);
    const files = folder.make('files');
    for (let index = 0; index < 2000; index++) writeFileSync(join(files, String(index)), randomBytes(100_000));
    const env = { RESTIC_REPOSITORY: folder.make('repository'), RESTIC_PASSWORD: 'bench' };
    await folder.run('restic', ['init'], env).ended;
    let pid = 0;
    return {
      pid: () => pid,
      work: async () => {
        const running = folder.run('restic', ['backup', files], env);
        pid = pidOf(running)();
        if ((await running.ended) !== 0) throw new Error(running.said());
      },
      stop: () => folder.end(),
    };
  },
};

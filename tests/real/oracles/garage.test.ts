import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { garage } from './programs.ts';
import { askS3, type S3Keys } from './s3-client.ts';
import { launch, type Running, renderedConfig, until } from './store-world.ts';

const file = `objects: garage
services:
  photos: { image: "photos:1", needs: [objects] }
  wiki: { image: "wiki:1", needs: [objects] }
`;
const photos: S3Keys = { accessKey: 'canaryphotosaccess', secretKey: `canary"q\\b$HOME'%s&<x>/+=${'k'.repeat(20)}` };
const wiki: S3Keys = { accessKey: 'canary_wiki.access-1', secretKey: 'canarywikisecretkey0123456789' };

/** Keys of the configuration of Garage 2.3 that may be used here (src/util/config.rs); it ignores all others. */
const known = {
  '': [
    'metadata_dir',
    'data_dir',
    'db_engine',
    'metadata_auto_snapshot_interval',
    'metadata_fsync',
    'data_fsync',
    'replication_factor',
    'block_ram_buffer_max',
    'allow_world_readable_secrets',
    'rpc_bind_addr',
    'rpc_public_addr',
    'rpc_secret_file',
    's3_api',
    'admin',
  ],
  s3_api: ['api_bind_addr', 's3_region'],
  admin: ['api_bind_addr', 'admin_token_file'],
};

describe('garage.toml', () => {
  it('is TOML, with keys that Garage knows and no others', async () => {
    const read = parsed(await renderedConfig(file, 'objects', 'garage.toml'));
    expect(Object.keys(read).sort()).toEqual([...known['']].sort());
    expect(Object.keys(read.s3_api as object).sort()).toEqual([...known.s3_api].sort());
    expect(Object.keys(read.admin as object).sort()).toEqual([...known.admin].sort());
    expect(read).toMatchObject({ replication_factor: 1, metadata_fsync: true, block_ram_buffer_max: '128MiB' });
  });

  it('would be refused where it is no TOML', async () => {
    const text = await renderedConfig(file, 'objects', 'garage.toml');
    expect(() => parsed(text.replace('db_engine = ', 'db_engine: '))).toThrow();
  });

  it('has a program for its buckets that Python can read', async () => {
    const text = await renderedConfig(file, 'objects-buckets', 'buckets.py');
    execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: text });
  });

  function parsed(text: string): Record<string, unknown> {
    const program = 'import json, sys, tomllib; print(json.dumps(tomllib.load(sys.stdin.buffer)))';
    return JSON.parse(
      execFileSync('python3', ['-c', program], { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }),
    ) as Record<string, unknown>;
  }
});

const quiet: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };

// Garage is built with Rust, in some ten minutes, which not every machine has: `prepare garage`.
if (existsSync(garage().path)) {
  describe('Garage, and the program that makes its keys and buckets', () => {
    let dir: string;
    let ports: { readonly s3: number; readonly rpc: number; readonly admin: number };
    let running: Running[] = [];

    beforeEach(async () => {
      dir = mkdtempSync(join(tmpdir(), 'autogit-garage-'));
      ports = { s3: await freePort(), rpc: await freePort(), admin: await freePort() };
      for (const folder of ['data', 'secrets', 'tmp']) mkdirSync(join(dir, folder));
      secret('objects-rpc-secret', 'c0ffee00'.repeat(8));
      secret('objects-admin-token', 'canary-admin-token');
      keys('photos', photos);
      keys('wiki', wiki);
    });

    afterEach(async () => {
      for (const each of running) await stop(each);
      running = [];
      rmSync(dir, { recursive: true, force: true });
    });

    it('gives each client a bucket of its own, whatever characters its keys have', async () => {
      const { server, buckets } = await start();
      expect(await put(photos, '/home-photos/a/b.txt', 'one')).toBe(200);
      expect(await get(photos, '/home-photos/a/b.txt')).toEqual({ status: 200, text: 'one' });
      expect(await put(wiki, '/home-wiki/page', 'x'.repeat(3_000_000))).toBe(200);
      expect((await get(wiki, '/home-photos/a/b.txt')).status).toBe(403);
      expect(await put(wiki, '/home-photos/a/b.txt', 'changed')).toBe(403);
      expect((await ask(wiki, 'PUT', '/home-mine')).status).toBe(403);
      expect((await get({ ...photos, secretKey: wiki.secretKey }, '/home-photos/a/b.txt')).status).toBe(403);
      expect(`${server.said()}${buckets.said()}`).not.toMatch(/canary-admin|canarywikisecret|canary"q/);
    });

    it('answers the health checks of both targets, and monitoring; its administration wants a token', async () => {
      await start();
      expect((await fetch(`http://127.0.0.1:${ports.admin}/health`)).status).toBe(200);
      const metrics = await (await fetch(`http://127.0.0.1:${ports.admin}/metrics`)).text();
      for (const name of [
        'block_resync_errored_blocks ',
        'cluster_available ',
        'garage_local_disk_avail{volume="data"}',
      ])
        expect(metrics).toContain(name);
      expect((await fetch(`http://127.0.0.1:${ports.admin}/v2/ListKeys`)).status).toBe(403);
      expect(execFileSync(garage().path, ['-c', join(dir, 'garage.toml'), 'status'], quiet)).toContain('HEALTHY NODES');
    });

    it('changes nothing when both start again', async () => {
      const first = await start();
      await put(photos, '/home-photos/a', 'kept');
      await stop(first.buckets);
      expect(await stop(first.server)).toBe(0);
      const { buckets } = await start();
      expect((await get(photos, '/home-photos/a')).text).toBe('kept');
      expect(buckets.said()).toBe('');
    });

    it('hands a bucket over to a new pair of keys, and the old pair opens nothing any more', async () => {
      const { buckets } = await start();
      await put(photos, '/home-photos/a', 'kept');
      await stop(buckets);
      const renewed = { accessKey: 'canaryphotosrenewed', secretKey: 'canaryrenewedsecret0123' };
      keys('photos', renewed);
      await startBuckets();
      expect((await get(renewed, '/home-photos/a')).text).toBe('kept');
      expect((await get(photos, '/home-photos/a')).status).toBe(403);
    });

    it('says that a new secret key needs a new access key', async () => {
      const { buckets } = await start();
      await stop(buckets);
      keys('photos', { ...photos, secretKey: 'another-secret-key-0123' });
      const again = await launchBuckets();
      expect(await again.ended).toBe(1);
      expect(again.said()).toContain('the secret key of photos changed and its access key did not');
    });

    it('keeps the bucket of a client that left and opens it to nobody, until it comes back', async () => {
      const { buckets } = await start();
      await put(wiki, '/home-wiki/page', 'kept');
      await stop(buckets);
      const alone = await startBuckets(
        'objects: garage\nservices: { photos: { image: "photos:1", needs: [objects] } }\n',
      );
      expect((await get(wiki, '/home-wiki/page')).status).toBe(403);
      await stop(alone);
      await startBuckets();
      expect((await get(wiki, '/home-wiki/page')).text).toBe('kept');
    });

    it('leaves keys and grants of a person alone', async () => {
      const { buckets } = await start();
      await put(photos, '/home-photos/a', 'shown');
      const said = execFileSync(garage().path, ['-c', join(dir, 'garage.toml'), 'key', 'create', 'mine'], quiet);
      const mine = {
        accessKey: /Key ID: +(\S+)/.exec(said)?.[1] ?? '',
        secretKey: /Secret key: +(\S+)/.exec(said)?.[1] ?? '',
      };
      const allow = ['bucket', 'allow', '--read', 'home-photos', '--key', mine.accessKey];
      execFileSync(garage().path, ['-c', join(dir, 'garage.toml'), ...allow], quiet);
      await stop(buckets);
      await startBuckets();
      expect((await get(mine, '/home-photos/a')).text).toBe('shown');
    });

    it('comes back from its blocks and the snapshot of its names alone', async () => {
      const { server, buckets } = await start();
      await put(photos, '/home-photos/a', 'kept'.repeat(5000));
      await stop(buckets);
      // Takes another snapshot.
      await stop(await startBuckets());
      await stop(server);
      const snapshots = join(dir, 'data/meta/snapshots');
      for (const each of readdirSync(snapshots)) {
        const time = new Date(Date.parse(each) - 3_600_000);
        utimesSync(join(snapshots, each, 'db.lmdb'), time, time);
      }
      mkdirSync(join(dir, 'dumps'));
      const script = join(dir, 'dump.sh');
      writeFileSync(script, await dumpScript());
      execFileSync('sh', [script]);
      writeFileSync(join(dir, 'data/meta/db.lmdb/data.mdb'), 'torn');
      execFileSync('sh', [script, 'load', join(dir, 'dumps/objects-metadata')]);
      await start();
      expect((await get(photos, '/home-photos/a')).text).toBe('kept'.repeat(5000));
    });

    it.each([
      ['an empty key', 'photos-objects-secret-key', '', 'is empty or missing'],
      ['an access key with a slash', 'photos-objects-access-key', 'photos/access', 'holds more than letters'],
      ['a secret key with a space', 'wiki-objects-secret-key', 'two words of a secret key', 'holds a space'],
      ['a short secret key', 'wiki-objects-secret-key', 'short', 'is shorter than 16'],
      ['the access key of another client', 'wiki-objects-access-key', photos.accessKey, 'of another part too'],
    ])('makes nothing with %s, and says which file it is in', async (_, id, text, why) => {
      secret(id, text);
      const buckets = await launchBuckets();
      expect(await buckets.ended).toBe(1);
      expect(buckets.said()).toContain(`secrets/${id}`);
      expect(buckets.said()).toContain(why);
      expect(buckets.said()).not.toContain('canary');
    });

    it('waits for a store that is not there yet, and says so once', async () => {
      const buckets = await launchBuckets();
      await until(() => buckets.said().includes('the store could not be asked'), buckets);
      await startServer();
      await until(() => existsSync(join(dir, 'tmp/ready')), buckets);
      expect(buckets.said().trim().split('\n')).toHaveLength(1);
    });

    it('would not start with a value that the program does not know', async () => {
      const server = await launchServer((text) => text.replace('"lmdb"', '"lmbd"'));
      expect(await server.ended).not.toBe(0);
      expect(server.said()).toContain('lmbd');
    });

    function secret(id: string, text: string): void {
      writeFileSync(join(dir, 'secrets', id), text === '' ? '' : `${text}\n`);
    }

    function keys(owner: string, { accessKey, secretKey }: S3Keys): void {
      secret(`${owner}-objects-access-key`, accessKey);
      secret(`${owner}-objects-secret-key`, secretKey);
    }

    /** What a backup renders to copy the names, and to bring them back. */
    async function dumpScript(): Promise<string> {
      const backup = 'backup: { use: restic, repository: /mnt/backup, password: key }\n';
      const text = await renderedConfig(
        `${file}${backup}secrets: { key: { env: KEY } }\n`,
        'backup-objects-metadata',
        'dump.sh',
      );
      return text.replaceAll('/var/lib/garage', `${dir}/data`).replaceAll('/dumps/', `${dir}/dumps/`);
    }

    async function start() {
      const server = await startServer();
      return { server, buckets: await startBuckets() };
    }

    async function startServer(): Promise<Running> {
      const server = await launchServer();
      await until(async () => (await fetch(`http://127.0.0.1:${ports.admin}/health`)).status === 200, server);
      return server;
    }

    async function launchServer(changed = (text: string) => text): Promise<Running> {
      const text = (await renderedConfig(file, 'objects', 'garage.toml'))
        .replaceAll('/var/lib/garage', `${dir}/data`)
        .replaceAll('/run/secrets/', `${dir}/secrets/`)
        // Nobody takes the power away here, and a busy disk would make minutes of it.
        .replaceAll('_fsync = true', '_fsync = false')
        .replaceAll('127.0.0.1:3901', `127.0.0.1:${ports.rpc}`)
        .replace('[::]:3900', `127.0.0.1:${ports.s3}`)
        .replace('[::]:3903', `127.0.0.1:${ports.admin}`);
      writeFileSync(join(dir, 'garage.toml'), changed(text));
      const server = launch(garage().path, ['-c', join(dir, 'garage.toml'), 'server', '--single-node'], {});
      running.push(server);
      return server;
    }

    async function startBuckets(of = file): Promise<Running> {
      rmSync(join(dir, 'tmp/ready'), { force: true });
      const buckets = await launchBuckets(of);
      await until(() => existsSync(join(dir, 'tmp/ready')), buckets);
      return buckets;
    }

    async function launchBuckets(of = file): Promise<Running> {
      const text = (await renderedConfig(of, 'objects-buckets', 'buckets.py'))
        .replaceAll('/tmp/ready', `${dir}/tmp/ready`)
        .replaceAll('/run/secrets/', `${dir}/secrets/`)
        .replace('http://home-objects:3903', `http://127.0.0.1:${ports.admin}`);
      writeFileSync(join(dir, 'buckets.py'), text);
      const buckets = launch('python3', ['-u', '-B', join(dir, 'buckets.py')], { PATH: process.env.PATH ?? '' });
      running.push(buckets);
      return buckets;
    }

    async function stop({ child, ended }: Running): Promise<number | null> {
      if (child.exitCode === null) child.kill('SIGTERM');
      return await ended;
    }

    async function put(who: S3Keys, path: string, body: string): Promise<number> {
      return (await askS3(endpoint(), who, { method: 'PUT', path, body })).status;
    }

    function get(who: S3Keys, path: string) {
      return ask(who, 'GET', path);
    }

    function ask(who: S3Keys, method: string, path: string) {
      return askS3(endpoint(), who, { method, path });
    }

    function endpoint(): string {
      return `http://127.0.0.1:${ports.s3}`;
    }
  });
}

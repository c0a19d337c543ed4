import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { askS3 } from './s3-client.ts';
import { renderedConfig, VersityWorld } from './store-world.ts';

/** On the machine that keeps copies. */
const keeper = 'objects: { use: versitygw, host: s3, clients: [laptop] }\n';
/** On the one that they are of. */
const saved = `services: { notes: { image: "notes:1", volumes: { data: /data } } }
backup:
  use: restic
  repository: "s3:http://s3.nas.lan/home-laptop"
  password: key
  credentials: { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret }
secrets: { key: { env: KEY }, id: { env: ID }, secret: { env: SECRET } }
`;
const keys = { accessKey: 'canarylaptopaccess', secretKey: 'canarylaptopsecret/+=0123' };

let world: VersityWorld;

beforeEach(async () => {
  world = new VersityWorld({ s3: await freePort(), admin: await freePort() });
});

afterEach(() => world.end());

it('a backup goes into a bucket of another platform and comes back from it, with nothing in it that can be read', async () => {
  world.keys('laptop', keys.accessKey, keys.secretKey);
  for (const [id, text] of [
    ['key', 'canary-of-the-backup'],
    ['id', keys.accessKey],
    ['secret', keys.secretKey],
  ] as const)
    world.secret(id, text);
  await world.start(keeper);
  const data = join(world.dir, 'volumes/notes-data');
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'note.txt'), 'a note that nobody else reads\n');
  const script = join(world.dir, 'backup.sh');
  writeFileSync(script, await scriptOfBackup());

  expect(await run(script, 'init')).toMatchObject({ code: 0 });
  const made = await run(script, 'save');
  expect(made.text).toContain('the copy is complete');
  expect(made.code).toBe(0);
  const { status, text } = await askS3(world.endpoint, keys, { path: '/home-laptop?list-type=2' });
  expect(status).toBe(200);
  expect(text).toMatch(/<Key>snapshots\/[0-9a-f]{64}<\/Key>/);
  for (const [, key] of text.matchAll(/<Key>(data\/[^<]+)<\/Key>/g))
    expect(readFileSync(join(world.dir, 'data/buckets/home-laptop', key ?? ''), 'latin1')).not.toContain('a note');

  rmSync(data, { recursive: true });
  const restored = join(world.dir, 'restored');
  expect((await run(script, 'restore', 'latest', '--target', restored)).code).toBe(0);
  expect(readFileSync(join(restored, data, 'note.txt'), 'utf8')).toBe('a note that nobody else reads\n');
  expect(made.text).not.toContain('canary');
});

async function scriptOfBackup(): Promise<string> {
  return (await renderedConfig(saved, 'backup', 'backup.sh'))
    .replaceAll('http://s3.nas.lan', world.endpoint)
    .replaceAll('/run/secrets/', `${world.dir}/secrets/`)
    .replaceAll("'/volumes/", `'${world.dir}/volumes/`)
    .replaceAll('--cache-dir /cache', `--cache-dir ${world.dir}/cache`);
}

function run(script: string, ...args: string[]): Promise<{ readonly text: string; readonly code: number }> {
  const env = { PATH: process.env.PATH ?? '', HOME: world.dir };
  return new Promise((done) => {
    execFile('sh', [script, ...args], { cwd: world.dir, env, timeout: 120_000 }, (error, out, err) =>
      done({ text: `${out}${err}`, code: error === null ? 0 : Number(error.code ?? -1) }),
    );
  });
}

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../free-port.ts';
import { askS3, type S3Keys } from './s3-client.ts';
import { VersityWorld } from './store-world.ts';

const file = `objects: versitygw
services:
  photos: { image: "photos:1", needs: [objects] }
  wiki: { image: "wiki:1", needs: [objects] }
`;
const photos: S3Keys = { accessKey: 'canaryphotosaccess', secretKey: `canary"q\\b$HOME'%s&<x>/+=${'k'.repeat(20)}` };
const wiki: S3Keys = { accessKey: 'canary_wiki.access-1', secretKey: 'canarywikisecretkey0123456789' };

/** The start script as a file renders it, run by a real shell with the real gateway. */
describe('the Versity S3 Gateway', () => {
  let world: VersityWorld;

  beforeEach(async () => {
    world = new VersityWorld({ s3: await freePort(), admin: await freePort() });
    world.keys('photos', photos.accessKey, photos.secretKey);
    world.keys('wiki', wiki.accessKey, wiki.secretKey);
  });

  afterEach(() => world.end());

  it('gives each client a bucket of its own, whatever characters its keys have', async () => {
    await world.start(file);
    expect(await put(photos, '/home-photos/a/b.txt', 'one')).toBe(200);
    expect(await get(photos, '/home-photos/a/b.txt')).toMatchObject({ status: 200, text: 'one' });
    expect(await put(wiki, '/home-wiki/page', 'two')).toBe(200);
    expect(readFileSync(join(world.dir, 'data/buckets/home-wiki/page'), 'utf8')).toBe('two');
  });

  it('lets no client read, write, list or take the bucket of another, or make one', async () => {
    await world.start(file);
    await put(photos, '/home-photos/a', 'private');
    expect((await get(wiki, '/home-photos/a')).status).toBe(403);
    expect((await get(wiki, '/home-photos?list-type=2')).status).toBe(403);
    expect(await put(wiki, '/home-photos/a', 'changed')).toBe(403);
    expect((await ask(wiki, 'DELETE', '/home-photos/a')).status).toBe(403);
    expect((await ask(wiki, 'PUT', '/home-mine')).status).toBe(403);
    expect((await get(wiki, '/')).text).not.toContain('home-photos');
    expect((await get(photos, '/home-photos/a')).text).toBe('private');
  });

  it('lets nobody in without a key, or with a wrong one', async () => {
    await world.start(file);
    await put(photos, '/home-photos/a', 'private');
    expect((await fetch(`${world.endpoint}/home-photos/a`)).status).toBe(403);
    expect((await get({ ...photos, secretKey: wiki.secretKey }, '/home-photos/a')).status).toBe(403);
  });

  it('answers nothing of its administration on the port of S3, whatever account asks', async () => {
    await world.start(file);
    const root = { accessKey: 'autogit', secretKey: 'canary-root-key-of-the-store' };
    for (const keys of [root, photos]) {
      expect((await ask(keys, 'PATCH', '/list-users')).status).toBeGreaterThanOrEqual(400);
    }
  });

  it('starts again with the same buckets and what is in them', async () => {
    const first = await world.start(file);
    await put(photos, '/home-photos/a', 'kept');
    expect(await world.stop(first)).toBe(0);
    await world.start(file);
    expect((await get(photos, '/home-photos/a')).text).toBe('kept');
    const folders = readdirSync(join(world.dir, 'data/buckets')).filter((name) => !name.startsWith('.'));
    expect(folders.sort()).toEqual(['home-photos', 'home-wiki']);
  });

  it('comes back after a crash', async () => {
    const first = await world.start(file);
    await put(photos, '/home-photos/a', 'kept');
    for (const each of [first.child.pid ?? 0, ...childrenOf(first.child.pid ?? 0)]) process.kill(each, 'SIGKILL');
    await first.ended;
    await world.start(file);
    expect((await get(photos, '/home-photos/a')).text).toBe('kept');
  });

  it('hands a bucket over to a new key, and the old one opens nothing any more', async () => {
    const first = await world.start(file);
    await put(photos, '/home-photos/a', 'kept');
    await world.stop(first);
    const renewed = { accessKey: 'canaryphotosrenewed', secretKey: 'canaryrenewedsecret0123' };
    world.keys('photos', renewed.accessKey, renewed.secretKey);
    await world.start(file);
    expect((await get(renewed, '/home-photos/a')).text).toBe('kept');
    expect(await put(renewed, '/home-photos/a', 'changed')).toBe(200);
    expect((await get(photos, '/home-photos/a')).status).toBe(403);
    expect((await get(wiki, '/home-wiki?list-type=2')).status).toBe(200);
  });

  it('keeps what a client that left had, and lets its key open nothing', async () => {
    const first = await world.start(file);
    await put(wiki, '/home-wiki/page', 'kept');
    await world.stop(first);
    await world.start('objects: versitygw\nservices: { photos: { image: "photos:1", needs: [objects] } }\n');
    expect((await get(wiki, '/home-wiki/page')).status).toBe(403);
    expect(readFileSync(join(world.dir, 'data/buckets/home-wiki/page'), 'utf8')).toBe('kept');
  });

  it('gives who is no part of the platform a bucket and keys in the same way, and no more', async () => {
    world.keys('laptop', 'canarylaptopaccess', 'canarylaptopsecretkey');
    await world.start(file.replace('objects: versitygw', 'objects: { use: versitygw, host: s3, clients: [laptop] }'));
    const laptop = { accessKey: 'canarylaptopaccess', secretKey: 'canarylaptopsecretkey' };
    expect(await put(laptop, '/home-laptop/a', 'one')).toBe(200);
    expect((await get(laptop, '/home-photos?list-type=2')).status).toBe(403);
    expect((await get(photos, '/home-laptop/a')).status).toBe(403);
  });

  it('does not take a folder of the file system for a bucket', async () => {
    mkdirSync(join(world.dir, 'data/lost+found'));
    await world.start('objects: versitygw\n');
    expect(readdirSync(join(world.dir, 'data/buckets'))).toEqual([]);
  });

  it('writes no secret to its log, and keeps the accounts where only its user reads', async () => {
    const server = await world.start(file);
    await put(photos, '/home-photos/a', 'one');
    await get({ ...photos, secretKey: 'wrong' }, '/home-photos/a');
    expect(server.said()).not.toContain('canary');
    expect(statSync(join(world.dir, 'tmp/iam/users.json')).mode & 0o077).toBe(0);
  });

  it.each([
    ['an empty key', 'photos-objects-secret-key', '', 'is empty or missing'],
    ['an access key with a slash', 'photos-objects-access-key', 'photos/access', 'holds more than letters'],
    ['a secret key with a space', 'wiki-objects-secret-key', 'two words of a secret key', 'holds a space'],
    ['a secret key in another alphabet', 'wiki-objects-secret-key', 'schlüssel-mit-umlaut', 'holds a space'],
    ['a short secret key', 'wiki-objects-secret-key', 'short', 'is shorter than 16'],
    ['the access key of another client', 'wiki-objects-access-key', photos.accessKey, 'of another part too'],
    ['the access key of the store itself', 'wiki-objects-access-key', 'autogit', 'is shorter than 8'],
    ['no key of its own', 'objects-root-key', '', 'is empty or missing'],
  ])('does not start with %s, and says which file it is in', async (_, id, text, why) => {
    world.secret(id, text);
    const server = await world.launch(file);
    expect(await server.ended).not.toBe(0);
    expect(server.said()).toContain(`secrets/${id}`);
    expect(server.said()).toContain(why);
    expect(server.said()).not.toContain('canary');
    expect(existsSync(join(world.dir, 'tmp/ready'))).toBe(false);
  });

  it('would be refused with an option that the program does not know', async () => {
    const server = await world.launch(file, (text) => text.replace('--iam-dir', '--iam-folder'));
    expect(await server.ended).not.toBe(0);
    expect(server.said()).toContain('flag provided but not defined: -iam-folder');
  });

  function childrenOf(pid: number): readonly number[] {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  }

  async function put(keys: S3Keys, path: string, body: string): Promise<number> {
    return (await askS3(world.endpoint, keys, { method: 'PUT', path, body })).status;
  }

  function get(keys: S3Keys, path: string) {
    return ask(keys, 'GET', path);
  }

  function ask(keys: S3Keys, method: string, path: string) {
    return askS3(world.endpoint, keys, { method, path });
  }
});

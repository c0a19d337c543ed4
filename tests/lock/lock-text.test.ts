/** The lock as a file: what a reviewer reads, and what changes in it. */
import { describe, expect, it } from 'vitest';
import { lockChangesText } from '../../cli/lock-changes-text.ts';
import { lockChanges, lockText, openLock } from '../../compiler/lock.ts';
import { parseImage } from '../../compiler/model/image-reference.ts';
import { type Lock, lockPathOf } from '../../compiler/model/lock.ts';
import { bytesOf, digest, pinned } from './platform.ts';

const lock: Lock = {
  images: {
    'shop:1': { kind: 'local' },
    'registry.lan:5000/team/wiki:2': pinned('a', 'arm64', 'amd64', 'arm/v7'),
    nginx: pinned('b', 'amd64'),
    [`redis@${digest('c')}`]: pinned('c', 'amd64'),
  },
};

describe('the text of a lock', () => {
  it('is sorted, has one entry an image, and says who writes it', () => {
    expect(lockText(lock).replaceAll(/([0-9a-f])\1{63}/g, '$1…')).toMatchInlineSnapshot(`
      "# Written by \`autogit lock update\`: the digest of each image. Commit it with the platform file.
      version: 1
      images:
        nginx:
          digest: sha256:b…
          platforms:
            linux/amd64: sha256:0…
        redis@sha256:c…:
          digest: sha256:c…
          platforms:
            linux/amd64: sha256:0…
        registry.lan:5000/team/wiki:2:
          digest: sha256:a…
          platforms:
            linux/amd64: sha256:1…
            linux/arm/v7: sha256:2…
            linux/arm64: sha256:0…
        shop:1: local
      "
    `);
  });

  it('is read back as what was written, and written as what was read', async () => {
    const read = await openLock({ file: 'autogit.lock', bytes: bytesOf(lockText(lock)) });
    expect(read.lock).toEqual(lock);
    expect(lockText(read.lock as Lock)).toBe(lockText(lock));
    const shuffled: Lock = { images: Object.fromEntries(Object.entries(lock.images).reverse()) };
    expect(lockText(shuffled)).toBe(lockText(lock));
  });

  it('of nothing is a lock too', async () => {
    const { lock: read } = await openLock({ file: 'autogit.lock', bytes: bytesOf(lockText({ images: {} })) });
    expect(read).toEqual({ images: {} });
  });
});

describe('what an update changed', () => {
  it('is told by image', () => {
    const now: Lock = {
      images: { 'shop:1': pinned('d', 'amd64'), nginx: pinned('e', 'amd64'), 'blog:1': pinned('f', 'amd64', 'arm64') },
    };
    expect(lockChangesText('autogit.lock', lockChanges(lock, now), 3)).toBe(
      `+ blog:1  sha256:ffffffffffff  linux/amd64, linux/arm64
~ nginx  sha256:bbbbbbbbbbbb → sha256:eeeeeeeeeeee  linux/amd64
- redis@cccccccccccc  sha256:cccccccccccc
- registry.lan:5000/team/wiki:2  sha256:aaaaaaaaaaaa
~ shop:1  local → sha256:dddddddddddd  linux/amd64
autogit.lock: 1 added, 2 changed, 2 removed, 0 as before
`,
    );
    expect(lockChanges(lock, lock)).toEqual([]);
  });
});

describe('the name of the lock', () => {
  it.each([
    ['autogit.yaml', 'autogit.lock'],
    ['hosts/home.yml', 'hosts/home.lock'],
    ['/etc/platform', '/etc/platform.lock'],
  ])('of %s is %s', (file, expected) => expect(lockPathOf(file)).toBe(expected));
});

describe('the name of an image', () => {
  it.each([
    ['nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['nginx:1.29', { registry: 'docker.io', repository: 'library/nginx', tag: '1.29' }],
    ['requarks/wiki:2', { registry: 'docker.io', repository: 'requarks/wiki', tag: '2' }],
    ['docker.io/nginx:1', { registry: 'docker.io', repository: 'library/nginx', tag: '1' }],
    ['localhost/wiki', { registry: 'localhost', repository: 'wiki' }],
    ['localhost:5000/a/b:1', { registry: 'localhost:5000', repository: 'a/b', tag: '1' }],
    [`ghcr.io/a/b:1@${digest('a')}`, { registry: 'ghcr.io', repository: 'a/b', tag: '1', digest: digest('a') }],
  ])('%s', (text, expected) => expect(parseImage(text)).toEqual(expected));

  it.each(['', 'home/UPPER', 'a b', 'wiki:', 'wiki@sha256:abc', '../wiki', 'a'.repeat(600)])('is not "%s"', (text) => {
    expect(parseImage(text)).toBeUndefined();
  });
});

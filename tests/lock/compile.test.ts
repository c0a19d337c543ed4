/** What `autogit.lock` beside a platform file changes in what is rendered, and what is said when the two do not fit. */
import { describe, expect, it } from 'vitest';
import { diagnosticsText } from '../../cli/diagnostics/text.ts';
import { readImages, verifyLock } from '../../compiler/images.ts';
import { lockText } from '../../compiler/lock.ts';
import type { Lock } from '../../compiler/model/lock.ts';
import { catalog } from '../../library/catalog.ts';
import { bytesOf, compileWith, digest, pinned } from './platform.ts';

const wiki = `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", port: 3000 }
  blog: { image: "ghcr.io/home/blog:1", port: 80, needs: [wiki] }
`;
const locked = {
  images: {
    'requarks/wiki:2': pinned('a', 'amd64', 'arm64'),
    'ghcr.io/home/blog:1': pinned('b', 'amd64'),
    'busybox:1.37.0-musl': pinned('c', 'amd64'),
  },
};

const said = async (...given: Parameters<typeof compileWith>) =>
  (await compileWith(...given)).diagnostics.map(({ file, range, code, message }) => {
    return `${file}:${range.start.line}:${range.start.column} ${code} ${message}`;
  });

/** Every image that is named in the rendered files. */
async function rendered(...given: Parameters<typeof compileWith>): Promise<readonly string[]> {
  const { rendered: files, diagnostics } = await compileWith(...given);
  expect(diagnostics).toEqual([]);
  const texts = (files?.manifests ?? []).map(({ text }) => text).join('\n');
  return [...texts.matchAll(/^\s+(?:- )?image: "?([^"\n]+)"?$/gm)].map(([, image]) => image ?? '').sort();
}

describe('a platform with a lock', () => {
  it('renders tag and digest for Compose', async () => {
    expect(await rendered(wiki, locked, 'compose')).toEqual([
      `ghcr.io/home/blog:1@${digest('b')}`,
      `requarks/wiki:2@${digest('a')}`,
    ]);
  });

  it('renders tag and digest for Kubernetes, init containers too, and pulls an image only once', async () => {
    expect(await rendered(wiki, locked, 'kubernetes')).toEqual([
      `busybox:1.37.0-musl@${digest('c')}`,
      `ghcr.io/home/blog:1@${digest('b')}`,
      `requarks/wiki:2@${digest('a')}`,
    ]);
    const { rendered: files } = await compileWith(wiki, locked, 'kubernetes');
    const policies = (files?.manifests ?? []).flatMap(({ text }) => [...text.matchAll(/imagePullPolicy: (\w+)/g)]);
    expect(new Set(policies.map(([, policy]) => policy))).toEqual(new Set(['IfNotPresent']));
  });

  it('gives the runners of a pool the digest', async () => {
    const file =
      'name: home\ndomain: home.lan\nforge: { use: gitea, url: https://git.example.org }\nrunners:\n  linux: { labels: [docker], image: "gitea/runner:1" }\n';
    const { platform } = await compileWith(file, { images: { 'gitea/runner:1': pinned('d', 'amd64') } });
    expect(platform?.pools.map(({ image }) => image)).toEqual([`gitea/runner:1@${digest('d')}`]);
  });

  it('leaves an image alone that is built on the hosts, and one that has its digest already', async () => {
    const own = `blog@${digest('e')}`;
    const file = `name: home\ndomain: home.lan\nservices:\n  shop: { image: "shop:1" }\n  blog: { image: "${own}" }\n`;
    const lock = { images: { 'shop:1': { kind: 'local' as const }, [own]: pinned('e', 'amd64') } };
    expect(await rendered(file, lock, 'compose')).toEqual([own, 'shop:1']);
  });

  it.each([
    [
      'merged',
      'merge: { spec: { template: { spec: { initContainers: [{ name: load, image: "loader:1" }], volumes: [{ name: m, image: { reference: "model:1" } }] } } } }',
    ],
    [
      'added by steps',
      'json: [{ op: add, path: /spec/template/spec/initContainers, value: [{ name: load, image: "other:1" }] }, { op: test, path: /spec/template/spec/containers/0/image, value: "requarks/wiki:2" }, { op: replace, path: /spec/template/spec/initContainers/0/image, value: "loader:1" }, { op: add, path: /spec/template/spec/volumes, value: [{ name: m, image: { reference: "model:1" } }] }]',
    ],
  ])('pins what a patch brings, and asks for it in the lock: %s', async (how, patch) => {
    const file = `name: home
domain: home.lan
cluster: { version: "1.37" }
services:
  wiki: { image: "requarks/wiki:2", user: "1:1" }
patches:
  - { target: { kind: Deployment, name: home-wiki }, why: warm start, ${patch.replace('name: load,', 'name: load, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } },')} }
`;
    const more = { 'loader:1': pinned('b', 'amd64'), 'model:1': pinned('d', 'amd64') };
    const lock = { images: { 'requarks/wiki:2': pinned('a', 'amd64'), 'other:1': pinned('c', 'amd64') } };
    expect(await rendered(file, { images: { ...lock.images, ...more } }, 'kubernetes')).toEqual([
      `loader:1@${digest('b')}`,
      `requarks/wiki:2@${digest('a')}`,
    ]);
    const { rendered: files } = await compileWith(file, { images: { ...lock.images, ...more } }, 'kubernetes');
    const text = files?.manifests.find(({ kind }) => kind === 'Deployment')?.text;
    expect(text).toContain(`reference: model:1@${digest('d')}`);
    expect(await said(file, lock, 'kubernetes')).toEqual([
      expect.stringMatching(/^autogit\.yaml:7:\d+ AG421 image loader:1 is not in autogit\.lock$/),
      expect.stringMatching(/^autogit\.yaml:7:\d+ AG421 image model:1 is not in autogit\.lock$/),
    ]);
    // The lock is of both targets, and that of Compose has no use for them.
    expect(await said(file, lock, 'compose')).toEqual([]);
    const { images } = await readImages({ file: 'autogit.yaml', bytes: bytesOf(file), catalog });
    expect(images).toEqual(expect.arrayContaining(['loader:1', 'model:1', ...(how === 'merged' ? [] : ['other:1'])]));
  });

  it('renders the same without a lock as ever', async () => {
    expect(await rendered(wiki, undefined, 'compose')).toEqual(['ghcr.io/home/blog:1', 'requarks/wiki:2']);
  });
});

describe('a lock that does not fit', () => {
  it('names each image that it does not have, at its line', async () => {
    expect(await said(wiki, { images: { 'requarks/wiki:2': pinned('a', 'amd64') } })).toEqual([
      'autogit.yaml:5:18 AG421 image ghcr.io/home/blog:1 is not in autogit.lock',
    ]);
  });

  it('names an image of a default at the line of its role', async () => {
    const [first = ''] = await said('name: home\ndomain: home.lan\nforge: gitea\n', { images: {} });
    expect(first).toMatch(/^autogit\.yaml:3:1 AG421 image gitea\/gitea:\S+ is not in autogit\.lock$/);
  });

  it('refuses an image that is not made for its host', async () => {
    const file = `name: home\ndomain: home.lan\nhosts: { pi: { engine: "unix:///var/run/docker.sock", arch: arm64 } }\nservices:\n  blog: { image: "blog:1" }\n`;
    const lock = { images: { 'blog:1': pinned('b', 'amd64', '386') } };
    expect(await said(file, lock)).toEqual([
      "autogit.yaml:5:18 AG422 host 'pi' is arm64, which image blog:1 is not made for (it is for linux/386, linux/amd64)",
    ]);
    expect(await said(file, { images: { 'blog:1': pinned('b', 'amd64', 'arm64') } })).toEqual([]);
  });

  it('refuses a pool whose runner is not made for one of its architectures', async () => {
    const file = `name: home
domain: home.lan
forge: { use: gitea, url: https://git.example.org }
runners:
  linux: { labels: [docker], arch: [amd64, riscv64], image: "gitea/runner:1" }
`;
    expect(await said(file, { images: { 'gitea/runner:1': pinned('b', 'amd64', 'arm64') } })).toEqual([
      "autogit.yaml:5:36 AG422 pool 'linux' asks for riscv64, which image gitea/runner:1 is not made for (it is for linux/amd64, linux/arm64)",
    ]);
  });
});

describe('a lock that cannot be used', () => {
  const entry = (text: string) => `version: 1\nimages:\n  requarks/wiki:2:\n${text}`;
  it.each([
    ['is empty', '', '1:1 AG106 the file is empty'],
    ['is no YAML', 'version: 1\nimages: {', '2:9 AG101 the { that opens here is not closed'],
    [
      'is of a newer AutoGit',
      'version: 7\nimages: {}\n',
      '1:10 AG423 the lock has version 7, this AutoGit reads version 1',
    ],
    ['has no version', 'images: {}\n', '1:1 AG423 the lock does not begin with `version: 1`'],
    ['has no images', 'version: 1\n', '1:1 AG423 the lock has no map of `images`'],
    ['has another key', 'version: 1\nimages: {}\nmore: 1\n', "3:1 AG423 the lock knows no key 'more'"],
    [
      'names no image',
      'version: 1\nimages: { "not an image": local }\n',
      "2:11 AG423 'not an image' is no name of an image",
    ],
    [
      'has no digest',
      entry(`    platforms: { linux/amd64: ${digest('a')} }\n`),
      '3:3 AG423 the digest of requarks/wiki:2 is not',
    ],
    [
      'has a short digest',
      entry(`    digest: sha256:abc\n    platforms: { linux/amd64: ${digest('a')} }\n`),
      '4:13 AG423 the digest of requarks/wiki:2 is not',
    ],
    [
      'has no platform',
      entry(`    digest: ${digest('a')}\n    platforms: {}\n`),
      '5:16 AG423 the entry of requarks/wiki:2 names no platform',
    ],
    [
      'has an odd platform',
      entry(`    digest: ${digest('a')}\n    platforms: { amd64: ${digest('a')} }\n`),
      "5:18 AG423 'amd64' is no platform such as linux/amd64",
    ],
    [
      'contradicts the reference',
      `version: 1\nimages:\n  wiki@${digest('a')}:\n    digest: ${digest('b')}\n    platforms: { linux/amd64: ${digest('b')} }\n`,
      `4:13 AG423 wiki@${digest('a')} names one digest and its entry another`,
    ],
    [
      'holds a merge conflict',
      'version: 1\nimages:\n<<<<<<< HEAD\n  a:1: local\n=======\n  b:1: local\n>>>>>>> other\n',
      '3:1 AG423 the lock holds the marks of a merge conflict',
    ],
  ])('%s', async (_, text, expected) => {
    const [first = '', ...others] = await said(wiki, text);
    expect(first).toContain(`autogit.lock:${expected}`);
    expect(others.filter((line) => line.startsWith('autogit.yaml'))).toEqual([]);
  });

  it('is shown with its own line and the command that mends it', async () => {
    const lock = entry(`    digest: sha256:abc\n    platforms: { linux/amd64: ${digest('a')} }\n`);
    const { diagnostics } = await compileWith(wiki, lock);
    const text = { 'autogit.yaml': wiki, 'autogit.lock': lock };
    const shown = diagnosticsText(diagnostics, { text: wiki, texts: text, colour: false });
    expect(shown).toContain('  4 |     digest: sha256:abc\n');
    expect(shown).toContain('next `autogit lock update` writes it anew');
  });
});

describe('the images of a file', () => {
  it('are those of every environment', async () => {
    const file = `${wiki}environments:\n  test: { services: { wiki: { image: "requarks/wiki:3" } } }\n`;
    const { images } = await readImages({ file: 'autogit.yaml', bytes: bytesOf(file), catalog });
    expect(images).toContain('requarks/wiki:2');
    expect(images).toContain('requarks/wiki:3');
    const lock = { file: 'autogit.lock', bytes: bytesOf(lockText(locked)) };
    const diagnostics = await verifyLock({ file: 'autogit.yaml', bytes: bytesOf(file), catalog, lock });
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'AG421 image requarks/wiki:3 is not in autogit.lock',
    ]);
  });

  it('are all in the lock, and nothing else is', async () => {
    const check = (lock: object) =>
      verifyLock({
        file: 'autogit.yaml',
        bytes: bytesOf(wiki),
        catalog,
        lock: { file: 'autogit.lock', bytes: bytesOf(lockText(lock as Lock)) },
      });
    expect(await check(locked)).toEqual([]);
    const images = { ...locked.images, 'old:1': pinned('f', 'amd64') };
    expect(await check({ images })).toMatchObject([
      {
        code: 'AG424',
        file: 'autogit.lock',
        message: 'nothing uses image old:1 any more',
        range: { start: { line: 12 } },
      },
    ]);
    const { 'busybox:1.37.0-musl': _, ...withoutWait } = locked.images;
    expect(await check({ images: withoutWait })).toMatchObject([{ code: 'AG421', file: 'autogit.yaml' }]);
  });

  it('are those of both targets, each once, sorted', async () => {
    const { images } = await readImages({ file: 'autogit.yaml', bytes: bytesOf(wiki), catalog });
    expect(images).toEqual(['busybox:1.37.0-musl', 'ghcr.io/home/blog:1', 'requarks/wiki:2']);
  });
});

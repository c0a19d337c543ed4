import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { arch, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ImageRequest {
  /** `autogit-test/runner:1`. */
  readonly tag: string;
  /** Absolute path in the image → a file of this machine (mode kept, made executable for all), or a text. */
  readonly files?: Readonly<Record<string, string | { readonly text: string; readonly mode?: number }>>;
  /** Absolute path in the image → a folder of this machine, with everything in it. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Absolute paths of empty folders that belong to user 1000, whom volumes on them then belong to as well. */
  readonly owned?: readonly string[];
  /** Absolute paths of folders that every user may write to; a new volume that is mounted there is so, too. */
  readonly openFolders?: readonly string[];
  /** Busybox with all its applets in /bin. Default true. */
  readonly busybox?: boolean;
  /** Docker's image config: `{ Cmd: […], Env: […], User: '1000' }`. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Builds an image from files of this machine and loads it into the engine behind `socket`; nothing is pulled. */
export async function importImage(engine: { readonly socket: string }, image: ImageRequest): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'autogit-image-'));
  try {
    const root = join(work, 'root');
    const archive = join(work, 'archive');
    await mkdir(archive, { recursive: true });
    await fillRoot(root, image);
    const layer = join(archive, 'layer.tar');
    const owned = (image.owned ?? []).map((path) => `.${path}`);
    const same = ['-C', root, '--sort=name', '--mtime=@0', '--numeric-owner'];
    const others = owned.map((path) => `--exclude=${path}`);
    await run('tar', [...same, '--owner=0', '--group=0', ...others, '-cf', layer, '.']);
    if (owned.length > 0) await run('tar', [...same, '--owner=1000', '--group=1000', '-rf', layer, ...owned]);
    const config = JSON.stringify(imageConfig(image, sha256(await readFile(layer))));
    await writeFile(join(archive, `${sha256(config)}.json`), config);
    const manifest = [{ Config: `${sha256(config)}.json`, RepoTags: [image.tag], Layers: ['layer.tar'] }];
    await writeFile(join(archive, 'manifest.json'), JSON.stringify(manifest));
    await run('tar', ['-C', archive, '-cf', join(work, 'image.tar'), '.']);
    await load(engine.socket, await readFile(join(work, 'image.tar')));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fillRoot(root: string, image: ImageRequest): Promise<void> {
  for (const folder of ['bin', 'etc', 'tmp', 'root', 'var', 'proc', 'sys', 'dev', 'run']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await chmod(join(root, 'tmp'), 0o1777);
  await writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nrunner:x:1000:1000::/home/runner:/bin/sh\n',
  );
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nrunner:x:1000:\n');
  for (const folder of image.openFolders ?? []) {
    await mkdir(join(root, folder), { recursive: true });
    await chmod(join(root, folder), 0o777);
  }
  if (image.busybox ?? true) await installBusybox(join(root, 'bin'));
  for (const path of image.owned ?? []) await mkdir(join(root, path), { recursive: true });
  for (const [path, folder] of Object.entries(image.folders ?? {}))
    await cp(folder, join(root, path), { recursive: true });
  for (const [path, source] of Object.entries(image.files ?? {})) {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    if (typeof source === 'string') {
      await copyFile(source, target);
      await chmod(target, 0o755);
    } else {
      await writeFile(target, source.text);
      await chmod(target, source.mode ?? 0o644);
    }
  }
}

async function installBusybox(bin: string): Promise<void> {
  const found = (await run('sh', ['-c', 'command -v busybox'])).stdout.trim();
  const busybox = join(bin, 'busybox');
  await copyFile(found, busybox);
  await chmod(busybox, 0o755);
  const applets = (await run(busybox, ['--list'])).stdout
    .split('\n')
    .filter((name) => name !== '' && name !== 'busybox');
  await Promise.all(applets.map((name) => symlink('busybox', join(bin, name))));
}

function imageConfig(image: ImageRequest, diffId: string): Readonly<Record<string, unknown>> {
  const architecture = arch() === 'x64' ? 'amd64' : arch();
  const created = '2000-01-01T00:00:00Z';
  return {
    architecture,
    os: 'linux',
    created,
    config: { Cmd: ['/bin/sh'], Env: ['PATH=/bin:/usr/bin:/usr/local/bin'], ...image.config },
    rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
    history: [{ created, created_by: 'autogit-test' }],
  };
}

function load(socketPath: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-tar', 'content-length': body.length };
    const call = request({ socketPath, method: 'POST', path: '/images/load?quiet=1', headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => {
        if (answer.statusCode === 200 && !text.includes('"error"')) resolve();
        else reject(new Error(`image not loaded: ${answer.statusCode} ${text.slice(0, 300)}`));
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

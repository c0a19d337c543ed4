import { createHash } from 'node:crypto';
import { FILLER_LABEL, FILLER_PROGRAMS, OWN_FILLER } from '../../reconciler/docker/filler-image.ts';
import { type TarFile, tar } from '../../reconciler/docker/tar.ts';

/**
 * AutoGit's own filler image as an archive that every engine can load (`docker load`): a static busybox and links for
 * the programs that the script calls, nothing else. The same busybox gives the same bytes. `arch` as Docker calls it.
 * Source: Docker Image Specification v1.2, "Combined Image JSON + Filesystem Changeset Format".
 */
export function fillerArchive(busybox: Buffer, arch: string): Buffer {
  const layer = tar(
    [file('bin/busybox', busybox, 0o755)],
    FILLER_PROGRAMS.map((name) => ({ path: `bin/${name}`, target: 'busybox' })),
  );
  const config = JSON.stringify({
    architecture: arch,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: { Env: ['PATH=/bin'], Cmd: ['/bin/sh'], Labels: { [FILLER_LABEL.name]: FILLER_LABEL.value } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'npm run filler-image' }],
  });
  const name = `${sha256(config)}.json`;
  const manifest = JSON.stringify([{ Config: name, RepoTags: [OWN_FILLER], Layers: ['layer.tar'] }]);
  return tar([file('layer.tar', layer), file(name, Buffer.from(config)), file('manifest.json', Buffer.from(manifest))]);
}

const file = (path: string, content: Buffer, mode = 0o644): TarFile => ({ path, content, mode, uid: 0, gid: 0 });

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

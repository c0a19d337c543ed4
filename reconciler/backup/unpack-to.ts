import type { SavedPart } from '../../compiler/model/backup.ts';
import type { BackupContext } from './context.ts';
import { restic } from './restic.ts';
import { type BackupCopy, pathsOf } from './snapshots.ts';

/** Unpacks what a copy holds of a part into an empty folder of the host, with owners and times, and changes nothing else. */
export async function unpackTo(
  context: BackupContext,
  part: SavedPart,
  copy: BackupCopy,
  folder: string,
): Promise<void> {
  const at = context.backup.hosts.find(({ host }) => host === part.host);
  if (at === undefined) throw new Error(`no job saves host ${part.host}`);
  const paths = pathsOf(part).filter((path) => copy.paths.includes(path));
  await restic(context, at, {
    args: ['restore', copy.id, '--target', '/into', ...paths.flatMap((path) => ['--include', path])],
    purpose: `unpack-${context.clock.now()}`,
    mounts: [{ volume: folder, path: '/into' }],
    capabilities: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'MKNOD', 'SETFCAP'],
  });
}

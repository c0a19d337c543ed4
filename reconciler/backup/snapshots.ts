import type { Backup, SavedPart } from '../../compiler/model/backup.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import { type BackupContext, BackupFailed, mainHost } from './context.ts';
import { restic } from './restic.ts';

/** One copy in the repository. */
export interface BackupCopy {
  /** Whole. */
  readonly id: string;
  /** The start of it that people use. */
  readonly shortId: string;
  /** When it was begun, wall clock in milliseconds. */
  readonly at: number;
  /** Id of the host of the platform; of one that is no more, as the repository calls it. */
  readonly host: string;
  /** Ids of the parts that are in it, sorted. */
  readonly parts: readonly string[];
  readonly paths: readonly string[];
  /** What it takes when it is unpacked; absent: unknown. */
  readonly bytes?: number;
}

/** The copies of this platform, the newest first. `sized`: with their sizes, which an older restic has to work out. */
export async function copiesOf(
  context: BackupContext,
  options: { readonly sized: boolean },
): Promise<readonly BackupCopy[]> {
  const at = mainHost(context);
  const args = ['snapshots', '--json', '--no-lock', '--tag', context.backup.tag];
  const out = await restic(context, at, { args, purpose: `list-${context.clock.now()}` });
  const copies = readCopies(out, context);
  return options.sized ? withSizes(context, copies) : copies;
}

/** What `restic snapshots --json` writes. Throws `BackupFailed` for something else. */
export function readCopies(
  out: readonly string[],
  { platform, backup }: Pick<BackupContext, 'platform' | 'backup'>,
): readonly BackupCopy[] {
  const text = out.find((line) => line.startsWith('[') || line === 'null') ?? '[]';
  let list: readonly Listed[];
  try {
    list = (JSON.parse(text) as readonly Listed[] | null) ?? [];
  } catch {
    throw new BackupFailed(
      'failed',
      `restic did not answer with a list: ${text.slice(0, 80)}`,
      'try a newer image of restic',
    );
  }
  return list.map((each) => copyOf(each, platform, backup)).sort((a, b) => b.at - a.at);
}

interface Listed {
  readonly id: string;
  readonly short_id?: string;
  readonly time: string;
  readonly hostname?: string;
  readonly paths?: readonly string[] | null;
  /** Since restic 0.17. */
  readonly summary?: { readonly total_bytes_processed?: number };
}

function copyOf(
  { id, short_id: short, time, hostname = '', paths, summary }: Listed,
  platform: Platform,
  backup: Backup,
): BackupCopy {
  const known = paths ?? [];
  const bytes = summary?.total_bytes_processed;
  return {
    id,
    shortId: short ?? id.slice(0, 8),
    at: Date.parse(time),
    host: backup.hosts.find(({ label }) => label === hostname)?.host ?? hostname.replace(`${platform.name}-`, ''),
    parts: backup.parts.filter((part) => pathsOf(part).some((path) => known.includes(path))).map((part) => part.id),
    paths: known,
    ...(bytes === undefined ? {} : { bytes }),
  };
}

/** Everything of a part that lies in a copy. */
export function pathsOf({ volumes, dumps }: SavedPart): readonly string[] {
  return [...volumes, ...dumps].map(({ path }) => path);
}

async function withSizes(context: BackupContext, copies: readonly BackupCopy[]): Promise<readonly BackupCopy[]> {
  const sizes = new Map<string, number>();
  for (const { id, bytes } of copies) {
    if (bytes !== undefined || context.signal.aborted) continue;
    const args = ['stats', '--json', '--no-lock', '--mode', 'restore-size', id];
    const out = await restic(context, mainHost(context), { args, purpose: `list-${context.clock.now()}` });
    const said = JSON.parse(out.find((line) => line.startsWith('{')) ?? '{}') as { readonly total_size?: number };
    if (said.total_size !== undefined) sizes.set(id, said.total_size);
  }
  return copies.map((copy) => {
    const bytes = copy.bytes ?? sizes.get(copy.id);
    return bytes === undefined ? copy : { ...copy, bytes };
  });
}

/** The newest copy that holds a part, of whichever host, or the one that `wanted` begins the id of. Throws `BackupFailed`. */
export function chooseCopy(copies: readonly BackupCopy[], part: SavedPart, wanted: string | undefined): BackupCopy {
  const list = 'run `autogit backup list` to see which there are';
  if (wanted === undefined || wanted === 'latest') {
    const newest = copies.find(({ parts }) => parts.includes(part.id));
    if (newest !== undefined) return newest;
    const any = copies.length === 0 ? 'the repository has no copy of this platform' : `no copy holds ${part.id}`;
    throw new BackupFailed('failed', any, 'run `autogit backup run` to make one');
  }
  const found = copies.filter(({ id }) => id.startsWith(wanted));
  const [copy] = found;
  if (copy === undefined) throw new BackupFailed('usage', `there is no copy ${wanted} of this platform`, list);
  if (found.length > 1)
    throw new BackupFailed('usage', `the ids of ${found.length} copies begin with ${wanted}`, 'write more of it');
  if (!copy.parts.includes(part.id)) {
    const holds = copy.parts.join(', ') || 'nothing that the platform still has';
    throw new BackupFailed('usage', `copy ${copy.shortId} does not hold ${part.id}, but ${holds}`, list);
  }
  return copy;
}

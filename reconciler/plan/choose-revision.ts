import { type CommitFiles, isSameFiles } from '../model/commit-files.ts';
import type { RevisionRecord } from '../model/record.ts';

/** A revision and what it was made of: the platform file, the lock beside it, and the files that it names. */
export interface Candidate {
  readonly revision: string;
  readonly text: string;
  readonly lock?: string;
  readonly files?: CommitFiles;
}

export type Choice =
  /** The newest one. */
  | { readonly kind: 'follow'; readonly candidate: Candidate }
  /** An older one that is known to be good; `because` says why not the newest. */
  | { readonly kind: 'keep'; readonly candidate: Candidate; readonly because: string }
  | { readonly kind: 'nothing'; readonly because: string };

/**
 * Which revision to pursue: the newest, unless it (or the same file under another commit) was found bad; then the last
 * good one until something else is committed.
 */
export function chooseRevision(head: Candidate, history: readonly RevisionRecord[]): Choice {
  const bad = history.find(
    (record) => record.state === 'quarantined' && (record.revision === head.revision || isMadeOf(record, head)),
  );
  if (bad === undefined) return { kind: 'follow', candidate: head };
  const what =
    bad.revision === head.revision
      ? `revision ${shortRevision(bad.revision)} is quarantined`
      : `revision ${shortRevision(head.revision)} has the same file as quarantined ${shortRevision(bad.revision)}`;
  const because = `${what}: ${bad.reason ?? 'it failed'}; a changed file is tried again, a new comment is change enough`;
  return keepLastGood(history, because, head);
}

/** The last good revision, when the newest cannot be used. Without one the answer is nothing. */
export function keepLastGood(history: readonly RevisionRecord[], because: string, not?: Candidate): Choice {
  const good = lastGood(history, not);
  return good === undefined ? { kind: 'nothing', because } : { kind: 'keep', candidate: good, because };
}

/** The newest revision that was applied, or is being applied and did not fail. `otherThan`: the content to avoid. */
export function lastGood(history: readonly RevisionRecord[], otherThan?: Candidate): Candidate | undefined {
  const usable = [...history]
    .sort((a, b) => b.at - a.at)
    .flatMap((record) => {
      const { state, revision, source } = record;
      if (source === undefined || (state !== 'applied' && state !== 'applying')) return [];
      if (otherThan !== undefined && isMadeOf(record, otherThan)) return [];
      return [{ state, revision, text: source, ...besides(record) }];
    });
  return usable.find(({ state }) => state === 'applied') ?? usable[0];
}

/** The same file with other digests in its lock runs other images; with other named files, other settings. */
function isMadeOf(record: RevisionRecord, candidate: Candidate): boolean {
  const { source, lock, files } = record;
  return source === candidate.text && lock === candidate.lock && isSameFiles(files, candidate.files);
}

/** What a record keeps of the content of a revision. */
export function contentOf(candidate: Candidate): Pick<RevisionRecord, 'source' | 'lock' | 'files'> {
  return { source: candidate.text, ...besides(candidate) };
}

/** What lies beside the platform file. */
export function besides({ lock, files }: Pick<Candidate, 'lock' | 'files'>): Pick<Candidate, 'lock' | 'files'> {
  return { ...(lock === undefined ? {} : { lock }), ...(files === undefined ? {} : { files }) };
}

/** `1a2b3c4` of a commit id, `file:1a2b3c4` of a watched file. */
export function shortRevision(revision: string): string {
  const [kind, hash] = revision.includes(':') ? revision.split(':', 2) : [undefined, revision];
  const short = (hash ?? '').slice(0, 7);
  return kind === undefined ? short : `${kind}:${short}`;
}

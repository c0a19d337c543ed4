import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../model/result.ts';
import type { ClosedGit, GitAnswer } from './closed-git.ts';
import { decodeText, largestFile, tooLarge } from './content.ts';

/** A local answer that cannot be right: the mirror is damaged and a new one is needed. */
export class MirrorDamaged extends Error {}

/** Name of the one ref in the mirror. */
export const mirrorRef = 'refs/autogit/head';

const shortOf = (id: string): string => id.slice(0, 7);
const whereOf = (commit: string, path: string): string => `${path} at ${shortOf(commit)}`;

/** Reads of one bare mirror, all by object id. Throws `MirrorDamaged` where git contradicts itself. */
export function openMirror(git: ClosedGit, mirror: string, signal: AbortSignal) {
  async function text(args: readonly string[]): Promise<string> {
    return (await bytes(args)).toString('utf8');
  }

  async function bytes(args: readonly string[]): Promise<Buffer> {
    const answer = await git(args, { mirror, signal });
    if (answer.kind === 'ok') return answer.bytes;
    throw answer.kind === 'exit'
      ? new MirrorDamaged(`git ${args[0]}: ${answer.said || `exit ${answer.code}`}`)
      : new Interrupted(answer);
  }

  /** The commit that was fetched last. */
  async function head(): Promise<string> {
    return (await text(['rev-parse', '--verify', '--end-of-options', `${mirrorRef}^{commit}`])).trim();
  }

  /** Whether `older` is `newer` or one of its ancestors. One that is not there cannot be. */
  async function contains(newer: string, older: string): Promise<boolean> {
    if (newer === older) return true;
    const there = await git(['cat-file', '-e', `${older}^{commit}`], { mirror, signal });
    if (there.kind === 'exit') return false;
    const answer = await git(['merge-base', '--is-ancestor', older, newer], { mirror, signal });
    if (answer.kind === 'ok') return true;
    if (answer.kind === 'exit' && answer.code === 1) return false;
    throw answer.kind === 'exit' ? new MirrorDamaged(`git merge-base: ${answer.said}`) : new Interrupted(answer);
  }

  /** First line of the message and name of the author, for people. */
  async function describe(commit: string): Promise<{ readonly subject: string; readonly author: string }> {
    const [subject = '', author = ''] = (
      await text(['log', '-1', '--no-show-signature', '--format=%s%x00%an', commit, '--'])
    )
      .replace(/\n$/, '')
      .split('\0');
    return { subject: plain(subject, 200), author: plain(author, 100) };
  }

  /** The file as it is in the commit: a regular file of at most 1 MiB, in UTF-8, and exactly the bytes of its id. */
  async function read(commit: string, path: string): Promise<Result<string>> {
    const found = await readIfThere(commit, path);
    if (!found.ok) return found;
    if (found.value !== undefined) return ok(found.value);
    return fail('not-found', `commit ${shortOf(commit)} has no ${path}; add the file, or name another branch`);
  }

  /** Like `read`, with undefined where the commit has no such file. */
  async function readIfThere(commit: string, path: string): Promise<Result<string | undefined>> {
    const content = await readBytesIfThere(commit, path);
    if (!content.ok || content.value === undefined) return content as Result<undefined>;
    return decodeText(content.value, whereOf(commit, path));
  }

  /** Like `readIfThere`, for a file that need not be text. */
  async function readBytesIfThere(commit: string, path: string): Promise<Result<Buffer | undefined>> {
    const where = whereOf(commit, path);
    const listing = await text(['ls-tree', '-z', '-l', '--full-tree', commit, '--', path]);
    if (listing === '') return ok(undefined);
    const [, mode, type, id, size, name] = /^(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)\t([^\0]*)\0$/.exec(listing) ?? [];
    if (mode === undefined || id === undefined || name !== path)
      throw new MirrorDamaged(`git ls-tree answered ${JSON.stringify(listing.slice(0, 200))}`);
    const wrong = kindOf(mode, type);
    if (wrong !== undefined) return fail('rejected', `${where} is ${wrong}; commit it as a regular file`);
    if (Number(size) > largestFile) return tooLarge(where);
    const content = await bytes(['cat-file', 'blob', id]);
    if (blobId(content, id.length) !== id) throw new MirrorDamaged(`the content of ${where} is not that of its id`);
    return ok(content);
  }

  return { head, contains, describe, read, readIfThere, readBytesIfThere };
}

/** A call that gave no answer: stopped from outside or silent for too long. */
export class Interrupted extends Error {
  readonly answer: Exclude<GitAnswer, { kind: 'ok' | 'exit' }>;
  constructor(answer: Exclude<GitAnswer, { kind: 'ok' | 'exit' }>) {
    super(answer.kind);
    this.answer = answer;
  }
}

/** What stands in the place of the file, or `undefined` when it is a regular file. */
function kindOf(mode: string, type: string | undefined): string | undefined {
  if (mode === '100644' || mode === '100755') return undefined;
  if (mode === '120000') return 'a symbolic link, which is not followed';
  if (mode === '160000') return 'a submodule';
  return type === 'tree' ? 'a folder' : `of mode ${mode}`;
}

function blobId(content: Buffer, length: number): string {
  return createHash(length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${content.length}\0`)
    .update(content)
    .digest('hex');
}

function plain(text: string, length: number): string {
  return [...text.replaceAll(/\p{Cc}+/gu, ' ')].slice(0, length).join('');
}

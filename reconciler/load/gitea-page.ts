import { fail, ok, type Result } from '../model/result.ts';
import type { ForgeClient } from './forge-client.ts';

/** Largest page that Gitea gives (`[api] MAX_RESPONSE_ITEMS`). */
const PAGE = 50;
const PASSES = 3;
/** More entries than this are not read: a queue of that length is no queue. */
const MOST_PAGES = 2000;

export interface ListRequest<T> {
  /** Path with its query, without `page` and `limit`. */
  readonly path: string;
  /** Key of the list in the body: `jobs`, `runners`. */
  readonly key: string;
  readonly what: string;
  /** The entry, or undefined when it is not what it should be. */
  readonly read: (entry: unknown) => T | undefined;
  readonly idOf: (entry: T) => string;
}

interface Pass<T> {
  readonly entries: ReadonlyMap<string, T>;
  /** `total_count` of the last page. */
  readonly total: number;
  /** Every page told the same total, and as many entries were there. */
  readonly steady: boolean;
}

/**
 * Reads a whole list. Paging is by offset over a list that shrinks while it is read, so entries can be skipped: a pass
 * whose totals disagree is read again. When it never rests, all that was seen in any pass is taken, which can only be
 * too much. Fewer entries than the forge counts is a failure, never a short list.
 */
export async function readWholeList<T>(
  client: ForgeClient,
  request: ListRequest<T>,
  signal: AbortSignal,
): Promise<Result<readonly T[]>> {
  const seen = new Map<string, T>();
  let total = 0;
  for (let pass = 0; pass < PASSES; pass += 1) {
    const read = await readPass(client, request, signal);
    if (!read.ok) return read;
    if (read.value.steady) return ok([...read.value.entries.values()]);
    for (const [id, entry] of read.value.entries) seen.set(id, entry);
    total = read.value.total;
  }
  if (seen.size >= total) return ok([...seen.values()]);
  return fail(
    'rejected',
    `${request.what} was read ${PASSES} times and came with ${seen.size} of ${total} entries; it is read again in the next cycle`,
  );
}

async function readPass<T>(
  client: ForgeClient,
  request: ListRequest<T>,
  signal: AbortSignal,
): Promise<Result<Pass<T>>> {
  const entries = new Map<string, T>();
  const totals = new Set<number>();
  const mark = request.path.includes('?') ? '&' : '?';
  let total = 0;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const path = `${request.path}${mark}limit=${PAGE}&page=${page}`;
    const answer = await client.call({ method: 'GET', path, what: request.what }, signal);
    if (!answer.ok) return answer;
    const body = readPage(answer.value.body, request);
    if (body === undefined) return malformed(request.what);
    total = body.total;
    totals.add(total);
    for (const entry of body.entries) entries.set(request.idOf(entry), entry);
    if (body.entries.length === 0 || page * PAGE >= total) break;
  }
  return ok({ entries, total, steady: totals.size === 1 && entries.size === total });
}

function readPage<T>(
  body: unknown,
  request: ListRequest<T>,
): { readonly entries: readonly T[]; readonly total: number } | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { [request.key]: list, total_count: total } = body as Record<string, unknown>;
  if (!Array.isArray(list) || typeof total !== 'number') return undefined;
  const entries = list.map(request.read);
  return entries.includes(undefined) ? undefined : { entries: entries as T[], total };
}

function malformed(what: string): Result<never> {
  return fail(
    'rejected',
    `${what} came in a form that is not Gitea's; check that forge.url is the address of the forge itself, and its version (1.24 or later)`,
  );
}

import { readImages, verifyLock } from '../compiler/images.ts';
import { type LockFile, lockChanges, lockText, openLock } from '../compiler/lock.ts';
import { type Lock, type LockedImage, lockPathOf } from '../compiler/model/lock.ts';
import { catalog } from '../library/catalog.ts';
import type { Failure, Result } from '../reconciler/model/result.ts';
import type { Options } from './commands.ts';
import { reportDiagnostics } from './diagnostics/report.ts';
import { eachBounded } from './each-bounded.ts';
import { exitCode } from './exit-code.ts';
import { lockChangesText, shown } from './lock-changes-text.ts';
import { readLockFile } from './lock-file.ts';
import { listed, openRegistry } from './open-registry.ts';
import { outputFailure } from './output-failure.ts';
import { outputFormat } from './output-format.ts';
import { readPlatformFile } from './platform-file.ts';
import type { Registry } from './registry/create-registry.ts';
import { type Terminal, terminal } from './terminal.ts';
import { explained, UsageError } from './usage-error.ts';
import { replaceFile } from './write-output.ts';

/** Registries that are asked at once. */
const atOnce = 6;

interface Job {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly lock: LockFile | undefined;
  /** Images that were named. */
  readonly named: readonly string[];
  readonly json: boolean;
  readonly options: Options;
  readonly screen: Terminal;
}

/**
 * `autogit lock update [image…]` writes the lock of a platform file, whole or not at all; `autogit lock verify` says where the
 * two do not agree. 0 when fine, 1 for mistakes in file or lock and for images that are refused, 2 when a tag has moved,
 * 69 when a registry does not answer.
 */
export async function runLock([action, ...named]: readonly (string | undefined)[], options: Options): Promise<number> {
  try {
    const json = outputFormat(options) === 'json';
    if (action !== 'update' && action !== 'verify') {
      throw new UsageError(`there is no 'autogit lock ${action}'; there are update and verify`);
    }
    const file = String(options.file);
    if (file === '-')
      throw new UsageError('a lock lies beside its file, and standard input has no place; name the file');
    const screen = terminal();
    const [read, locked] = [await readPlatformFile(file), await readLockFile(file)];
    for (const each of [read, locked]) {
      if (each.kind !== 'none') continue;
      screen.err(`autogit: ${each.message}\nnext: ${each.next}\n`);
      return each.code;
    }
    if (read.kind === 'none') return read.code;
    const lock = locked.kind === 'lock' ? locked.lock : undefined;
    const images = named.flatMap((image) => image ?? []);
    const job: Job = { file, bytes: read.bytes, lock, named: images, json, options, screen };
    return action === 'update' ? await update(job) : await verify(job);
  } catch (error) {
    return explained(error);
  }
}

async function update(job: Job): Promise<number> {
  const { file, screen, json } = job;
  const { images, diagnostics } = await readImages({ file, bytes: job.bytes, catalog });
  if (images === undefined) {
    await reportDiagnostics({ ...screen, diagnostics, file, bytes: job.bytes, format: formatOf(job), strict: false });
    return exitCode.failed;
  }
  const local = listed(job.options.local);
  checkNames([...job.named, ...local], images);
  const before = await lockBefore(job);
  const looked = await lookAt(job, images, local, before);
  const failures = looked.flatMap(({ image, result }) => (result.ok ? [] : [{ image, failure: result.failure }]));
  if (failures.length > 0) return refuse(job, failures);
  const entries = looked.flatMap(({ image, result }) => (result.ok ? [[image, result.value] as const] : []));
  const now: Lock = { images: Object.fromEntries(entries) };
  const path = lockPathOf(file);
  const text = lockText(now);
  if (job.lock === undefined || new TextDecoder().decode(job.lock.bytes) !== text) {
    try {
      replaceFile(path, text);
    } catch (error) {
      const { message, next } = outputFailure(error, path);
      screen.err(`autogit: ${message}\nnext: ${next}\n`);
      return exitCode.unavailable;
    }
  }
  const changes = lockChanges(before, now);
  screen.out(
    json ? `${JSON.stringify({ file: path, changes }, null, 2)}\n` : lockChangesText(path, changes, images.length),
  );
  return exitCode.fine;
}

function checkNames(named: readonly string[], images: readonly string[]): void {
  const unknown = named.find((image) => !images.includes(image));
  if (unknown === undefined) return;
  throw new UsageError(`the platform file asks for no image ${unknown}; it asks for ${images.join(', ') || 'none'}`);
}

/** The lock as it is. One that cannot be used is written anew, but never one of a newer AutoGit. */
async function lockBefore({ lock: file, screen }: Job): Promise<Lock> {
  const empty: Lock = { images: {} };
  if (file === undefined) return empty;
  const { lock, diagnostics } = await openLock(file);
  if (lock !== undefined) return lock;
  const [first] = diagnostics;
  if (first?.pointer === '/version' && first.message.includes('this AutoGit reads')) {
    throw new UsageError(`${file.file}: ${first.message}; ${first.hint}`);
  }
  screen.err(`note: ${file.file} could not be used (${first?.message ?? 'it is empty'}) and is written anew\n`);
  return empty;
}

interface Looked {
  readonly image: string;
  readonly result: Result<LockedImage>;
}

/** What is named is asked for, or everything when nothing is; what has no entry yet always. `--local` names, too. */
async function lookAt(
  job: Job,
  images: readonly string[],
  local: readonly string[],
  before: Lock,
): Promise<readonly Looked[]> {
  const registry = await openRegistry(job.options);
  const never = new AbortController().signal;
  const look = async (image: string): Promise<Result<LockedImage>> => {
    const known = before.images[image];
    if (local.includes(image)) return { ok: true, value: { kind: 'local' } };
    const isAll = job.named.length === 0 && local.length === 0;
    const isAsked = isAll ? known?.kind !== 'local' : job.named.includes(image);
    if (known !== undefined && !isAsked) return { ok: true, value: known };
    return registry.look(image, known, never);
  };
  try {
    return await eachBounded(images, atOnce, async (image) => ({ image, result: await look(image) }));
  } finally {
    registry.close();
  }
}

/** Everything that failed, each once, and nothing is written: half a lock would be a platform nobody saw. */
function refuse(
  { screen, file, json }: Job,
  failures: readonly { readonly image: string; readonly failure: Failure }[],
): number {
  if (json) screen.out(`${JSON.stringify({ file: lockPathOf(file), failures }, null, 2)}\n`);
  for (const { image, failure } of failures) screen.err(`autogit: ${image}: ${failure.detail}\n`);
  const isAbsent = failures.some(({ failure: { kind } }) => kind === 'not-found' || kind === 'unauthorized');
  const [first] = failures;
  if (isAbsent && first !== undefined) {
    screen.err(`next: for an image that is only built on your hosts: autogit lock update --local ${first.image}\n`);
  }
  screen.err(`${lockPathOf(file)} is as it was\n`);
  return codeOf(failures.map(({ failure }) => failure));
}

function codeOf(failures: readonly Failure[]): number {
  const isAway = failures.some(({ kind }) => kind === 'unreachable' || kind === 'timeout' || kind === 'rate-limited');
  return isAway ? exitCode.unavailable : exitCode.failed;
}

function formatOf({ json }: Job): 'json' | 'text' {
  return json ? 'json' : 'text';
}

async function verify(job: Job): Promise<number> {
  const { file, bytes, lock, screen, json, options } = job;
  if (lock === undefined) {
    screen.err(`autogit: there is no ${lockPathOf(file)}\nnext: autogit lock update\n`);
    return exitCode.failed;
  }
  const diagnostics = await verifyLock({ file, bytes, catalog, lock });
  const isOnline = options.online === true;
  if (diagnostics.length > 0 || (json && !isOnline)) {
    const report = { ...screen, diagnostics, file, bytes, lock, format: formatOf(job), strict: false };
    return (await reportDiagnostics(report)) ? exitCode.fine : exitCode.failed;
  }
  const images = (await openLock(lock)).lock?.images ?? {};
  if (!isOnline) {
    const count = Object.keys(images).length;
    screen.out(`${lock.file} fits ${file}: ${count} image${count === 1 ? '' : 's'}\n`);
    return exitCode.fine;
  }
  const registry = await openRegistry(options);
  try {
    return await compareOnline(job, registry, images);
  } finally {
    registry.close();
  }
}

/** Whether each tag is still what the lock says. A tag that has moved is no mistake: the lock is there for that. */
async function compareOnline(job: Job, registry: Registry, images: Lock['images']): Promise<number> {
  const { screen, json } = job;
  const signal = new AbortController().signal;
  const asked = Object.entries(images).flatMap(([image, locked]) =>
    locked.kind === 'pinned' ? [{ image, locked }] : [],
  );
  const answers = await eachBounded(asked, atOnce, async ({ image, locked }) => ({
    image,
    locked,
    now: await registry.digest(image, signal),
  }));
  const failures = answers.flatMap(({ image, now }) => (now.ok ? [] : [{ image, failure: now.failure }]));
  const moved = answers.flatMap(({ image, locked, now }) =>
    now.ok && now.value !== locked.digest ? [{ image, locked: locked.digest, now: now.value }] : [],
  );
  if (json) screen.out(`${JSON.stringify({ file: lockPathOf(job.file), moved, failures }, null, 2)}\n`);
  for (const { image, failure } of failures) screen.err(`autogit: ${image}: ${failure.detail}\n`);
  if (!json) {
    for (const { image, locked, now } of moved) screen.out(`~ ${image}  ${short(locked)} → ${short(now)}\n`);
    const sum = `${moved.length} of ${asked.length} tags have moved`;
    screen.out(`${lockPathOf(job.file)}: ${sum}${moved.length > 0 ? '; autogit lock update takes them over' : ''}\n`);
  }
  if (failures.length > 0) return codeOf(failures.map(({ failure }) => failure));
  return moved.length > 0 ? exitCode.different : exitCode.fine;
}

function short(digest: string): string {
  return shown({ kind: 'pinned', digest, platforms: {} });
}

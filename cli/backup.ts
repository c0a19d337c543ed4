import { mkdirSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Platform } from '../compiler/model/platform.ts';
import {
  type BackupContext,
  BackupFailed,
  chooseCopy,
  copiesOf,
  partNamed,
  restore,
  restorePlan,
  runBackup as runJobs,
  unlock,
  unpackTo,
  verifyRepository,
} from '../reconciler/backup.ts';
import { HostDown } from '../reconciler/model/host-down.ts';
import { kubectlText } from './backup-kubectl.ts';
import { backupPlatform } from './backup-platform.ts';
import { copiesText, endsText } from './backup-text.ts';
import { systemClock } from './clock.ts';
import type { Options } from './commands.ts';
import { exitCode } from './exit-code.ts';
import { outputFormat } from './output-format.ts';
import { stateFolder } from './state-folder.ts';
import { type Terminal, terminal } from './terminal.ts';
import { explained, UsageError } from './usage-error.ts';
import { containerHosts, holdState, isTaken } from './wire-backup.ts';

interface Job {
  readonly context: BackupContext;
  readonly options: Options;
  readonly state: string;
  readonly screen: Terminal;
}

/**
 * `autogit backup run` starts the jobs that the schedule starts and waits for them, `list` shows the copies, `verify` checks
 * the repository, and `restore PART` brings a part back in its place or unpacks it. Progress goes to standard error. 1 when
 * something failed, 64 for a wrong command line, 69 when an engine or the repository does not answer.
 */
export async function runBackup(
  [action = '', part]: readonly (string | undefined)[],
  options: Options,
): Promise<number> {
  try {
    const run = actions[action];
    if (run === undefined)
      throw new UsageError(`there is no 'autogit backup ${action}'; there are run, list, verify and restore`);
    checkFlags(action, part, options);
    const screen = terminal();
    const state = resolve(stateFolder(typeof options.state === 'string' ? options.state : undefined));
    const platform = await backupPlatform(options, state, screen);
    if (typeof platform === 'number') return platform;
    const { backup } = platform;
    if (backup === undefined)
      throw new UsageError(`platform ${platform.name} has no backup; add \`backup: { use: restic … }\` to its file`);
    if (platform.target === 'kubernetes') {
      screen.out(kubectlText({ platform, backup }, action, part, options));
      return exitCode.fine;
    }
    return await withContext(platform, backup, screen, (context) => run({ context, options, state, screen }, part));
  } catch (error) {
    return failed(error);
  }
}

function checkFlags(action: string, part: string | undefined, options: Options): void {
  if (action === 'restore' && part === undefined)
    throw new UsageError(
      'restore wants the name of a part: autogit backup restore forge; `autogit backup list` shows what there is',
    );
  if (action !== 'restore' && part !== undefined && action !== 'list')
    throw new UsageError(`autogit backup ${action} is for the whole platform; leave '${part}' out`);
  const subset = options.readDataSubset;
  if (typeof subset === 'string' && !/^(?:\d{1,3}(?:\.\d+)?%|[1-9]\d*\/[1-9]\d*|[1-9]\d*[KMGT])$/.test(subset))
    throw new UsageError(`--read-data-subset ${subset} is no amount; write 5%, 1/20 or 2G`);
  const onlyFor: readonly (readonly [string, readonly string[]])[] = [
    ['snapshot', ['restore']],
    ['to', ['restore']],
    ['yes', ['restore']],
    ['readDataSubset', ['verify']],
    ['unlock', ['verify', 'restore']],
  ];
  for (const [name, places] of onlyFor)
    if (options[name] !== undefined && !places.includes(action))
      throw new UsageError(
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is for autogit backup ${places.join(' and ')}`,
      );
}

async function withContext(
  platform: Platform,
  backup: NonNullable<Platform['backup']>,
  screen: Terminal,
  run: (context: BackupContext) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const hosts = containerHosts(platform);
  try {
    return await run({
      platform,
      backup,
      hostOf: hosts.of,
      clock: systemClock,
      signal: stop.signal,
      say: (line) => screen.err(`${line}\n`),
    });
  } finally {
    hosts.close();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

const actions: Readonly<Record<string, (job: Job, part: string | undefined) => Promise<number>>> = {
  async run({ context, options, screen }) {
    const ends = await runJobs(context);
    const isFine = ends.every(({ ok }) => ok);
    screen.out(outputFormat(options) === 'json' ? json({ ok: isFine, jobs: ends }) : endsText(ends));
    return isFine ? exitCode.fine : exitCode.failed;
  },
  async list({ context, options, screen }, part) {
    const wanted = part === undefined ? undefined : partNamed(context, part).id;
    const all = await copiesOf(context, { sized: true });
    const copies = wanted === undefined ? all : all.filter(({ parts }) => parts.includes(wanted));
    screen.out(
      outputFormat(options) === 'json' ? json({ copies: copies.map(copyJson) }) : copiesText(copies, Date.now()),
    );
    return exitCode.fine;
  },
  async verify({ context, options, screen }) {
    if (options.unlock === true) await unlock(context, mainHostOf(context));
    const subset = typeof options.readDataSubset === 'string' ? options.readDataSubset : undefined;
    await verifyRepository(context, subset);
    const read =
      subset === undefined
        ? 'no data was read back; --read-data-subset 5% does'
        : `${subset} of the data was read back`;
    screen.out(
      outputFormat(options) === 'json'
        ? json({ ok: true, read: subset ?? null })
        : `the repository is whole; ${read}\n`,
    );
    return exitCode.fine;
  },
  restore: restoreOrUnpack,
};

async function restoreOrUnpack({ context, options, state, screen }: Job, name = ''): Promise<number> {
  const part = partNamed(context, name);
  const plan = restorePlan(context, part);
  if (options.unlock === true) await unlock(context, plan.at);
  const wanted = typeof options.snapshot === 'string' ? options.snapshot : undefined;
  if (typeof options.to === 'string') {
    const folder = emptyFolder(options.to);
    const copy = chooseCopy(await copiesOf(context, { sized: false }), part, wanted);
    await unpackTo(context, part, copy, folder);
    screen.out(`${part.id} of copy ${copy.shortId} is in ${folder}\n`);
    return exitCode.fine;
  }
  if (plan.volumes.length === 0)
    throw new BackupFailed(
      'failed',
      `no program takes the dumps of ${name} back in by itself`,
      `unpack them: autogit backup restore ${name} --to FOLDER`,
    );
  const held = await hold(state, name);
  try {
    const copy = chooseCopy(await copiesOf(context, { sized: false }), part, wanted);
    const when = `${new Date(copy.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    await confirm(
      name,
      `everything that ${name} has now with that of ${when} (copy ${copy.shortId})`,
      options,
      context.signal,
    );
    const { notes } = await restore(context, plan, copy);
    for (const note of notes) screen.err(`note: ${note}\n`);
    for (const { id } of plan.byHand)
      screen.err(`note: the dump ${id} has to be taken in by hand: autogit backup restore ${name} --to FOLDER\n`);
    screen.out(`${name} is as it was at ${when}\n`);
    return exitCode.fine;
  } finally {
    held?.close();
  }
}

function mainHostOf({ backup }: BackupContext) {
  const [first] = backup.hosts;
  if (first === undefined) throw new Error('a backup without a host');
  return first;
}

/** A reconciler would start again what is stopped here. While this runs, none can start. */
async function hold(state: string, name: string) {
  try {
    return await holdState(state);
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new BackupFailed(
      'failed',
      `AutoGit runs on ${state} and would start again what a restore has to stop`,
      `stop it (systemctl stop autogit), do \`autogit backup restore ${name}\` again, and start it afterwards`,
    );
  }
}

/** What is there is replaced only for somebody who wrote its name. */
async function confirm(name: string, what: string, options: Options, signal: AbortSignal): Promise<void> {
  if (options.yes === name) return;
  if (options.yes !== undefined)
    throw new UsageError(`--yes ${options.yes} is not the name of what would be replaced; write --yes ${name}`);
  const refused = new BackupFailed(
    'usage',
    `this replaces ${what}`,
    `if that is meant, add --yes ${name}; --to FOLDER only unpacks`,
  );
  if (process.stdin.isTTY !== true) throw refused;
  const terminalInput = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminalInput.question(`This replaces ${what}.\nWrite ${name} to go on: `, { signal });
    if (answer.trim() !== name) throw new BackupFailed('usage', 'nothing was done', `to go on, write ${name}`);
  } finally {
    terminalInput.close();
  }
}

/** Made when it is missing. */
function emptyFolder(path: string): string {
  const folder = resolve(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length === 0) return folder;
  } catch (error) {
    throw new UsageError(`${folder} cannot be used: ${(error as Error).message}; name another folder with --to`);
  }
  throw new UsageError(`${folder} is not empty, and nothing in it is replaced; name another folder with --to`);
}

function copyJson({ id, shortId, at, host, parts, bytes }: Awaited<ReturnType<typeof copiesOf>>[number]) {
  return { id, shortId, time: new Date(at).toISOString(), host, parts, bytes: bytes ?? null };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The world's failures and a person's mistakes end with a sentence and what to do; only bugs are thrown on. */
function failed(error: unknown): number {
  if (error instanceof HostDown) {
    const { kind } = error.failure;
    if (kind === 'cancelled') {
      process.stderr.write('autogit: interrupted; a copy that was begun runs on, a restore was put back\n');
      return exitCode.failed;
    }
    const isAway = kind === 'unreachable' || kind === 'timeout' || kind === 'unauthorized';
    const next = isAway ? 'see that Docker runs there' : 'mend what it names';
    process.stderr.write(`autogit: ${error.message}\nnext: ${next}, and do the same again\n`);
    return isAway ? exitCode.unavailable : exitCode.failed;
  }
  if (!(error instanceof BackupFailed)) return explained(error);
  process.stderr.write(`autogit: ${error.message}\nnext: ${error.next}\n`);
  return { usage: exitCode.usage, failed: exitCode.failed, unavailable: exitCode.unavailable }[error.kind];
}

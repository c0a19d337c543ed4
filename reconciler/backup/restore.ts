import type { SavedDump } from '../../compiler/model/backup.ts';
import { HostDown } from '../model/host-down.ts';
import { type BackupContext, BackupFailed, containerName, containerOf } from './context.ts';
import { explainRestic } from './explain-restic.ts';
import { plainLine, restic } from './restic.ts';
import type { RestorePlan } from './restore-plan.ts';
import type { BackupCopy } from './snapshots.ts';
import { startAll, stopAll } from './start-and-stop.ts';
import { swapFolder, swapScript, unpacked } from './swap-script.ts';

export interface Restored {
  /** What an earlier run that was cut off left, and what became of it: sentences. */
  readonly notes: readonly string[];
}

/** For `restic restore`, which gives files back their owners, and for renaming them. */
const capabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'MKNOD', 'SETFCAP'];

/**
 * Brings one part back in its place. Everything is unpacked beside what is there while the part runs on; only then it is
 * stopped, and what was there is put aside until the part is well again. Whatever fails, what was there comes back, and so it
 * does when the next run finds that this one was killed. Throws `BackupFailed` and `HostDown`.
 */
export async function restore(context: BackupContext, plan: RestorePlan, copy: BackupCopy): Promise<Restored> {
  await assertReady(context, plan);
  const notes = await settle(context, plan);
  try {
    await unpack(context, plan, copy);
  } catch (error) {
    await tidyUp(context, plan, 'settle');
    throw error;
  }
  try {
    await stopAll(context, [...plan.own, ...plan.clients]);
    await putInPlace(context, plan);
  } catch (error) {
    await putBack(context, plan, error);
    throw error;
  }
  await finish(context, plan);
  return { notes };
}

/** Nothing is begun that cannot be ended. */
async function assertReady(context: BackupContext, { at, volumes, dumps, own }: RestorePlan): Promise<void> {
  const { hostOf, signal } = context;
  for (const job of [at.job, ...at.dumps]) {
    const found = await containerOf(context, at.host, job);
    if (found.isRunning)
      throw new BackupFailed(
        'failed',
        `a backup runs just now, in ${found.name}`,
        'wait for its end and do the same again',
      );
  }
  for (const { job } of dumps) await containerOf(context, at.host, job);
  for (const { id } of own) await containerOf(context, at.host, id);
  for (const { name } of volumes) {
    if (await hostOf(at.host).hasVolume(name, signal)) continue;
    throw new BackupFailed(
      'failed',
      `there is no volume ${name}`,
      'let AutoGit make the platform first: `autogit reconcile --once`',
    );
  }
}

async function settle(context: BackupContext, plan: RestorePlan): Promise<readonly string[]> {
  const isCut = (await swap(context, plan, 'look', swapped(plan))).some((line) => line.startsWith('cut '));
  if (isCut) await stopAll(context, [...plan.own, ...plan.clients]);
  const said = await swap(context, plan, 'settle', idsOf(plan));
  if (isCut) await startAll(context, [...plan.own, ...plan.clients]);
  const isUndone = said.some((line) => line.startsWith('undone '));
  const kept = said.flatMap((line) => {
    const [word, id = '', folder = ''] = line.split(' ');
    return word === 'kept'
      ? [`what was there before an earlier restore is in ${folder} of volume ${nameOf(plan, id)}`]
      : [];
  });
  return [
    ...(isUndone ? ['an earlier restore was cut off; what was there before it was put back first'] : []),
    ...kept,
  ];
}

async function unpack(context: BackupContext, plan: RestorePlan, copy: BackupCopy): Promise<void> {
  const files = plan.volumes.flatMap(({ id, path }) => (path === undefined ? [] : [{ id, path }]));
  for (const { id, path } of [...files, ...plan.dumps.map(({ volume, path }) => ({ id: volume, path }))]) {
    if (!copy.paths.includes(path))
      throw new BackupFailed(
        'failed',
        `copy ${copy.shortId} does not hold ${path}`,
        'choose another one with --snapshot',
      );
    context.say(`unpacking ${path} of copy ${copy.shortId}`);
    await restic(context, plan.at, {
      args: ['restore', copy.id, '--target', `${swapFolder}/${id}/${unpacked}`, '--include', path],
      purpose: 'restore',
      mounts: mountsOf(context, plan),
      capabilities,
    });
  }
}

async function putInPlace(context: BackupContext, plan: RestorePlan): Promise<void> {
  const dumpVolumes = plan.dumps.map(({ volume }) => volume);
  if (dumpVolumes.length > 0) await swap(context, plan, 'open', dumpVolumes);
  for (const { id, path } of plan.volumes) await swap(context, plan, 'swap', [id], path?.slice(1) ?? '-');
  for (const dump of plan.dumps) if (dump.load?.while === 'stopped') await load(context, plan, dump);
  const later = plan.dumps.filter((dump) => dump.load?.while === 'running');
  if (later.length === 0) await swap(context, plan, 'used', swapped(plan));
  await startAll(context, plan.own);
  for (const dump of later) await load(context, plan, dump);
  if (later.length > 0) await swap(context, plan, 'used', swapped(plan));
}

async function load(context: BackupContext, { at }: RestorePlan, dump: SavedDump): Promise<void> {
  const { platform, hostOf, signal, say, backup } = context;
  say(`taking in the dump ${dump.id}`);
  const lines: string[] = [];
  const code = await hostOf(at.host).runBeside(
    {
      beside: containerName(platform, dump.job),
      name: `${platform.name}-autogit-restore`,
      entrypoint: ['/bin/sh', dump.script],
      args: ['load', `${dump.folder}/${unpacked}${dump.path}`],
      mounts: (dump.load?.volumes ?? []).map(({ volume, path }) => ({ volume: `${platform.name}-${volume}`, path })),
      say: (line) => void lines.push(plainLine(line)),
    },
    signal,
  );
  if (code === 0) return;
  const full = lines.find((line) => /no space left on device/i.test(line));
  if (full !== undefined) throw explainRestic(backup, lines, code);
  const why = lines.findLast((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  throw new BackupFailed('failed', `the dump ${dump.id} was not taken in: ${why}`, 'try another copy with --snapshot');
}

/** After the data is back: a client that does not start is told and changes nothing of that. */
async function finish(context: BackupContext, plan: RestorePlan): Promise<void> {
  let late: unknown;
  try {
    await startAll(context, plan.clients);
  } catch (error) {
    late = error;
  }
  await tidyUp(context, plan, 'finish');
  if (late instanceof BackupFailed)
    throw new BackupFailed('failed', `${plan.part.id} is back, but ${late.message}`, late.next);
  if (late !== undefined) throw late;
}

/** Also after an interrupt, so not with its signal. */
async function putBack(context: BackupContext, plan: RestorePlan, why: unknown): Promise<void> {
  const anyway = { ...context, signal: AbortSignal.timeout(30 * 60_000) };
  context.say('putting back what was there before');
  try {
    await stopAll(anyway, plan.own);
    await swap(anyway, plan, 'undo', swapped(plan));
    await tidyUp(anyway, plan, 'settle');
    await startAll(anyway, [...plan.own, ...plan.clients]);
  } catch (error) {
    if (!(error instanceof BackupFailed || error instanceof HostDown)) throw error;
    const first = why instanceof Error ? why.message : String(why);
    throw new BackupFailed(
      'failed',
      `${first}; and what was there before could not be started again: ${error.message}`,
      `nothing is lost: it is in its volumes, at the latest after \`autogit backup restore ${plan.part.id}\` was run again`,
    );
  }
}

/** What was unpacked and is not needed is taken away; if that cannot be now, the next run does it. */
async function tidyUp(context: BackupContext, plan: RestorePlan, verb: 'settle' | 'finish'): Promise<void> {
  try {
    await swap({ ...context, signal: AbortSignal.timeout(10 * 60_000) }, plan, verb, idsOf(plan));
  } catch (error) {
    if (!(error instanceof BackupFailed || error instanceof HostDown)) throw error;
    context.say(`what was unpacked could not be removed: ${error.message}`);
  }
}

type Verb = 'look' | 'settle' | 'open' | 'swap' | 'used' | 'undo' | 'finish';

async function swap(
  context: BackupContext,
  plan: RestorePlan,
  verb: Verb,
  ids: readonly string[],
  folder = '',
): Promise<readonly string[]> {
  const { platform, hostOf, signal, backup } = context;
  const lines: string[] = [];
  const code = await hostOf(plan.at.host).runBeside(
    {
      beside: containerName(platform, plan.at.job),
      name: `${platform.name}-autogit-restore`,
      entrypoint: ['/bin/sh', '-c', swapScript, 'autogit'],
      args: [verb, ids.join(' '), folder],
      mounts: mountsOf(context, plan),
      capabilities,
      say: (line) => void lines.push(plainLine(line)),
    },
    signal,
  );
  if (code === 0) return lines;
  throw explainRestic(backup, lines, code);
}

function mountsOf({ platform }: BackupContext, { volumes, dumps }: RestorePlan) {
  return [
    ...volumes.map(({ id, name }) => ({ volume: name, path: `${swapFolder}/${id}` })),
    ...dumps.map(({ volume }) => ({ volume: `${platform.name}-${volume}`, path: `${swapFolder}/${volume}` })),
  ];
}

/** Volumes whose content is replaced. */
function swapped({ volumes }: RestorePlan): readonly string[] {
  return volumes.map(({ id }) => id);
}

/** Those, and the ones that dumps are unpacked into. */
function idsOf(plan: RestorePlan): readonly string[] {
  return [...swapped(plan), ...plan.dumps.map(({ volume }) => volume)];
}

function nameOf({ volumes }: RestorePlan, id: string): string {
  return volumes.find((volume) => volume.id === id)?.name ?? id;
}

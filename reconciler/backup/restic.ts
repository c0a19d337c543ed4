import type { BackupHost } from '../../compiler/model/backup.ts';
import { type BackupContext, BackupFailed, containerName, containerOf } from './context.ts';
import { explainRestic } from './explain-restic.ts';

export interface ResticCall {
  /** Words after `restic`; the script of the backup fills in the repository and its password. */
  readonly args: readonly string[];
  /** Distinguishes containers that run at the same time. */
  readonly purpose: string;
  readonly mounts?: readonly { readonly volume: string; readonly path: string }[];
  readonly capabilities?: readonly string[];
  /** True to show what it writes while it runs. */
  readonly isShown?: boolean;
}

/** Runs restic beside the job of a host and gives its standard output. Throws `BackupFailed` with its reason, and `HostDown`. */
export async function restic(context: BackupContext, at: BackupHost, call: ResticCall): Promise<readonly string[]> {
  const { platform, backup, hostOf, signal, say } = context;
  await containerOf(context, at.host, at.job);
  const out: string[] = [];
  const all: string[] = [];
  const code = await hostOf(at.host).runBeside(
    {
      beside: containerName(platform, at.job),
      name: `${platform.name}-autogit-${call.purpose}`,
      entrypoint: ['/bin/sh', at.script],
      args: call.args,
      ...(call.mounts === undefined ? {} : { mounts: call.mounts }),
      ...(call.capabilities === undefined ? {} : { capabilities: call.capabilities }),
      say(line, stream) {
        const text = plainLine(line);
        if (stream === 'out') out.push(line);
        all.push(text);
        if (call.isShown === true && text !== '') say(text);
      },
    },
    signal,
  );
  if (code === 137)
    throw new BackupFailed(
      'failed',
      'restic was killed, as its memory or that of the host ran out',
      'raise backup.limits.memory',
    );
  if (code !== 0) throw explainRestic(backup, all, code);
  return out;
}

/** Removes every lock of the repository, whoever holds it. */
export async function unlock(context: BackupContext, at: BackupHost): Promise<void> {
  await restic(context, at, { args: ['unlock', '--remove-all'], purpose: `unlock-${context.clock.now()}` });
}

/** What a container writes is foreign: no control characters, at most 500 characters. */
export function plainLine(line: string): string {
  return line
    .replace(/\p{Cc}\[[0-9;?]*[A-Za-z]/gu, '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 500);
}

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the reconciler of a machine keeps its state: that of root and of the systemd unit. */
export const machineState = '/var/lib/autogit';

/**
 * The state folder that a reconciler may well work on and that this user may not look into: the one that is meant, or the
 * machine's where nobody named one and the user has none. Undefined when there is none, so that "nobody runs" is the truth.
 */
export async function unreadableState(
  folder: string,
  { isNamed, machine = machineState }: { readonly isNamed: boolean; readonly machine?: string },
): Promise<string | undefined> {
  if (await isForbidden(folder)) return folder;
  if (isNamed || machine === folder) return undefined;
  return (await isForbidden(machine)) ? machine : undefined;
}

/** Whether what is in the folder is kept from this user; a folder that is not there, or is no folder, is not. */
async function isForbidden(folder: string): Promise<boolean> {
  try {
    await access(join(folder, '.'), constants.R_OK | constants.X_OK);
    return false;
  } catch (error) {
    return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** What a person is told who may not look there, and what to type. */
export function unreadableText(folder: string): string {
  return `this user may not read the state folder ${folder}, so it cannot be told whether a reconciler runs there\nnext: run it with sudo, or as the user of the reconciler; or name another folder with --state\n`;
}

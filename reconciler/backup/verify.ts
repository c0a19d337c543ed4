import { type BackupContext, mainHost } from './context.ts';
import { restic } from './restic.ts';

/**
 * Checks that the repository is whole. `subset`: how much of the data is read back and compared, as restic writes it (`5%`,
 * `1/20`, `2G`); absent: none. Throws `BackupFailed` when something is wrong with it.
 */
export async function verifyRepository(context: BackupContext, subset: string | undefined): Promise<void> {
  await restic(context, mainHost(context), {
    args: ['check', ...(subset === undefined ? [] : [`--read-data-subset=${subset}`])],
    purpose: 'verify',
    isShown: true,
  });
}

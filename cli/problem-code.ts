import type { NoPlan } from '../reconciler/ports/reconciler.ts';
import { exitCode } from './exit-code.ts';

/** 1 when the file or what was asked for is at fault, 69 when the world does not answer and trying again can help. */
export function problemCode({ kind, failure }: NoPlan): number {
  switch (kind) {
    case 'rejected':
    case 'quarantined':
    case 'changed':
      return exitCode.failed;
    case 'nothing-to-follow':
      return exitCode.unavailable;
    case 'source-down':
      return failure?.kind === 'rejected' ? exitCode.failed : exitCode.unavailable;
  }
}

import { StoreDown } from '../reconciler/model/store-down.ts';
import { exitCode } from './exit-code.ts';

/** The command line or this machine's configuration is wrong: exit code 64, the message says what to correct. */
export class UsageError extends Error {}

/** The world and the operator's mistakes end with a sentence on standard error; only bugs are thrown on. Returns the exit code. */
export function explained(error: unknown): number {
  if (!(error instanceof StoreDown || error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return error instanceof StoreDown ? exitCode.unavailable : exitCode.usage;
}

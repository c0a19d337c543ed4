import { StoreDown } from '../reconciler/model/store-down.ts';
import { exitCode } from './exit-code.ts';

/** The command line or this machine's configuration is wrong: exit code 64, the message says what to correct. */
export class UsageError extends Error {}

/** Something that is needed cannot be had now, such as a port: exit code 69, the message names it and the next step. */
export class Unavailable extends Error {}

/** The world and the operator's mistakes end with a sentence on standard error; only bugs are thrown on. Returns the exit code. */
export function explained(error: unknown): number {
  const isUsage = error instanceof UsageError;
  if (!(isUsage || error instanceof StoreDown || error instanceof Unavailable)) throw error;
  process.stderr.write(`${error.message}\n`);
  return isUsage ? exitCode.usage : exitCode.unavailable;
}

import { fail, ok, type Result } from '../model/result.ts';

/** The largest `autogit.yaml` that is read, in bytes. */
export const largestFile = 1024 * 1024;

/** Exact text of a file. @param where for the sentence: `autogit.yaml at 1a2b3c4` */
export function decodeText(bytes: Uint8Array, where: string): Result<string> {
  if (bytes.byteLength > largestFile) return tooLarge(where);
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return fail('rejected', `${where} is not UTF-8 text; save it as UTF-8`);
  }
}

export function tooLarge(where: string): Result<never> {
  return fail('rejected', `${where} is larger than 1 MiB; move generated or embedded content out of it`);
}

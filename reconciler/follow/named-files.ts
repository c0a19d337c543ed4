import type { CommitFiles } from '../model/commit-files.ts';
import { fail, ok, type Result } from '../model/result.ts';

/** All files that one platform file names, in bytes: they are kept with the revision. */
const largestTotal = 8 * 1024 * 1024;

/**
 * Reads the files that a platform file names.
 * @param read undefined for a file that is not there; a failure for one that is there and cannot be read
 * @returns undefined when none is named; the first failure when one could not be read
 */
export async function readNamedFiles(
  paths: readonly string[],
  read: (path: string) => Promise<Result<Uint8Array | undefined>>,
): Promise<Result<CommitFiles | undefined>> {
  if (paths.length === 0) return ok(undefined);
  const files: Record<string, string> = {};
  let total = 0;
  for (const path of [...new Set(paths)].sort()) {
    const content = await read(path);
    if (!content.ok) return content;
    if (content.value === undefined) continue;
    total += content.value.byteLength;
    if (total > largestTotal)
      return fail(
        'rejected',
        'the files that the platform file names are larger than 8 MiB together; put large ones into images or volumes',
      );
    files[path] = Buffer.from(content.value).toString('base64');
  }
  return ok(files);
}

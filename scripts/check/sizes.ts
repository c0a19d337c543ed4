import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckOptions, Finding } from './run-checks.ts';
import { isGenerated, sourceFiles } from './source-files.ts';

export const MOST_LINES = 400;
const MANY_LINES = 300;

/** No source file over 400 lines; those over 300 are named in the table. */
export async function checkSizes({ root }: Pick<CheckOptions, 'root'>): Promise<Finding> {
  const paths = (await sourceFiles(root)).filter((path) => !isGenerated(path));
  const sizes = await Promise.all(
    paths.map(async (path) => ({ path, lines: (await readFile(join(root, path), 'utf8')).split('\n').length - 1 })),
  );
  const tooLong = sizes.filter(({ lines }) => lines > MOST_LINES);
  const long = sizes.filter(({ lines }) => lines > MANY_LINES && lines <= MOST_LINES);
  return {
    ok: tooLong.length === 0,
    output: tooLong.map(({ path, lines }) => `${path}: ${lines} lines; split it, ${MOST_LINES} is the most`).join('\n'),
    note: `${sizes.length} files${long.length > 0 ? `; over ${MANY_LINES} lines: ${long.map(({ path }) => path).join(', ')}` : ''}`,
  };
}

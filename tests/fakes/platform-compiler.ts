import { compile } from '../../compiler/compile.ts';
import { lockPathOf } from '../../compiler/model/lock.ts';
import { readDocument } from '../../compiler/read/read-document.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { fileBytes, filesText } from '../../reconciler/model/commit-files.ts';
import type { Compilation, CompileInput } from '../../reconciler/ports/compile.ts';

const known = new Map<string, Promise<Compilation>>();

/** The real compiler, asked once for each text: scenarios compile the same few files over and over. */
export function compileOnce(input: CompileInput, environment?: string): Promise<Compilation> {
  const { file, bytes, lock, files } = input;
  const textOf = (content: Uint8Array) => new TextDecoder().decode(content);
  const key = `${file}\n${textOf(bytes)}\n${lock === undefined ? '' : textOf(lock)}\n${filesText(files)}\n${environment}`;
  const made = known.get(key) ?? compileFile(input, environment);
  known.set(key, made);
  return made;
}

async function compileFile(
  { file, bytes, lock, files }: CompileInput,
  environment: string | undefined,
): Promise<Compilation> {
  const beside = lock === undefined ? {} : { lock: { file: lockPathOf(file), bytes: lock } };
  const { diagnostics, platform, rendered } = await compile({
    ...{ file, bytes, ...beside, catalog, targets, environment },
    read: async (path) => fileBytes(files, path),
  });
  return {
    diagnostics,
    projects: rendered?.projects ?? [],
    ...(platform && { platform }),
    locate: async (pointer) => (await readDocument({ file, bytes })).document?.locate(pointer).start,
  };
}

import { compile } from '../../compiler/compile.ts';
import { lockPathOf } from '../../compiler/model/lock.ts';
import { readDocument } from '../../compiler/read/read-document.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import type { Compilation, Compile } from '../../reconciler/ports/compile.ts';

const known = new Map<string, Promise<Compilation>>();

/** The real compiler, asked once for each text: scenarios compile the same few files over and over. */
export const compileOnce: Compile = (file, bytes, lock) => {
  const textOf = (content: Uint8Array) => new TextDecoder().decode(content);
  const key = `${file}\n${textOf(bytes)}\n${lock === undefined ? '' : textOf(lock)}`;
  const made = known.get(key) ?? compileFile(file, bytes, lock);
  known.set(key, made);
  return made;
};

async function compileFile(file: string, bytes: Uint8Array, lock?: Uint8Array): Promise<Compilation> {
  const beside = lock === undefined ? {} : { lock: { file: lockPathOf(file), bytes: lock } };
  const { diagnostics, platform, rendered } = await compile({ file, bytes, ...beside, catalog, targets });
  return {
    diagnostics,
    projects: rendered?.projects ?? [],
    ...(platform && { platform }),
    locate: async (pointer) => (await readDocument({ file, bytes })).document?.locate(pointer).start,
  };
}

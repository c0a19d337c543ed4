import type { Value } from '../schema/document.ts';
import { isOfGit } from './model/git-path.ts';
import { isMap } from './model/is-map.ts';
import { readDocument } from './read/read-document.ts';
import { environmentsOf, overlay } from './validate/overlay.ts';

/** The same that the schema allows: from the folder of the platform file, never out of it. */
const repositoryPath = /^(?!\/)(?:(?!\.{1,2}(?:\/|$))[^/\p{Cc}\\:]+(?:\/|$))+(?<!\/)$/u;

/**
 * Paths of the files that a platform file names: content of `configs`, and files that SOPS encrypted. For those who must
 * read them before they compile.
 * @param environment whose overlay counts; other environments name nothing
 * @returns sorted, each once; empty for a text that cannot be read, which compiling explains
 */
export async function namedPaths(text: string, environment?: string): Promise<readonly string[]> {
  if (!/\b(?:file|sops)\b/.test(text)) return [];
  const bytes = new TextEncoder().encode(text);
  const { document } = await readDocument({ file: '', bytes });
  if (document === undefined) return [];
  const isKnown = environment !== undefined && environmentsOf(document.tree).includes(environment);
  const { tree } = isKnown ? overlay(document, environment).document : document;
  const configs = valuesOf(tree.services).flatMap((service) => valuesOf(member(service, 'configs')));
  const sops = valuesOf(tree.secrets).map((secret) => {
    const place = member(secret, 'sops');
    return typeof place === 'string' ? place.split('#', 1)[0] : undefined;
  });
  const named = [...configs.map((config) => member(config, 'file')), ...sops];
  return [...new Set(named)]
    .filter((path): path is string => typeof path === 'string' && repositoryPath.test(path) && !isOfGit(path))
    .sort();
}

function valuesOf(value: Value | undefined): readonly Value[] {
  return isMap(value) ? Object.values(value) : [];
}

function member(value: Value | undefined, key: string): Value | undefined {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

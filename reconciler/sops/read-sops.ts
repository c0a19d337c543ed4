import { posix } from 'node:path';
import { fail, ok, type Result } from '../model/result.ts';
import type { ReadSops } from '../ports/secrets.ts';
import { readAgeKeys } from './age-keys.ts';
import { unwrapDataKey } from './data-key.ts';
import { decryptTree, type Opened } from './decrypt-tree.ts';
import { readMetadata, type SopsMetadata } from './metadata.ts';
import type { SopsNode } from './node.ts';
import { NotReadable } from './not-readable.ts';

/**
 * Reads values of files that SOPS 3 encrypted for age keys: YAML, JSON, dotenv, and others as JSON with `data`. The whole
 * file is checked before one value of it is used.
 *
 * @param options.keyFile file with age keys, read anew each time
 * @param options.learn hears of each key, so that it can be kept out of logs
 */
export function createSopsReader(options: {
  readonly keyFile: string | undefined;
  readonly learn: (key: string) => void;
}): ReadSops {
  const { keyFile, learn } = options;
  return async ({ path, pointer, bytes }) => {
    const read = await readFile(path, bytes);
    if (!read.ok) return read;
    const keys = await readAgeKeys(keyFile);
    if (!keys.ok) return keys;
    for (const key of keys.value) learn(key);
    const { documents, metadata } = read.value;
    const key = await unwrapDataKey(metadata, keys.value, { file: path, from: keyFile ?? '' });
    if (!key.ok) return key;
    const decrypted = decryptTree(documents, metadata, key.value);
    switch (decrypted.kind) {
      case 'opened':
        return valueAt(decrypted.documents[0], pointer, path);
      case 'value-changed':
        return fail(
          'rejected',
          `${path} was changed without SOPS: the value at ${decrypted.pointer} is not what was encrypted there; restore the file from an earlier commit, then run: sops edit ${path}`,
        );
      case 'sum-changed':
        return fail(
          'rejected',
          `${path} was changed without SOPS: a value was added, removed or replaced, so its sum does not fit; restore the file from an earlier commit, then run: sops edit ${path}`,
        );
    }
  };
}

async function readFile(
  path: string,
  bytes: Uint8Array,
): Promise<Result<{ readonly documents: readonly SopsNode[]; readonly metadata: SopsMetadata }>> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const { documents, metadata } = await parse(path, text);
    if (metadata === undefined)
      return fail('rejected', `${path} is not encrypted (it has no "sops" part); run: sops encrypt --in-place ${path}`);
    return ok({ documents, metadata: readMetadata(metadata) });
  } catch (error) {
    if (error instanceof NotReadable) return fail('rejected', `${path} ${error.message}`);
    if (error instanceof RangeError) return fail('rejected', `${path} is nested too deeply; make it flatter`);
    if (error instanceof TypeError) return fail('rejected', `${path} is not UTF-8 text; encrypt it again with SOPS`);
    throw error;
  }
}

async function parse(path: string, text: string) {
  const name = posix.basename(path);
  if (/\.ya?ml$/.test(name)) return (await import('./read-yaml.ts')).readYaml(text);
  if (/\.env$/.test(name)) return (await import('./read-dotenv.ts')).readDotenv(text);
  if (/\.ini$/.test(name)) throw new NotReadable('is an INI file, which is not read; use YAML, JSON or dotenv');
  return (await import('./read-json.ts')).readJson(text);
}

function valueAt(document: Opened | undefined, pointer: string, path: string): Result<string> {
  const steps = pointer.split('/').slice(1);
  let found = document;
  for (const step of steps.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))) {
    const inner = child(found, step);
    if (inner === undefined) return fail('not-found', `${path} has nothing at ${pointer}${siblings(found)}`);
    found = inner;
  }
  switch (found?.kind) {
    case 'secret':
      break;
    case 'clear':
      return fail(
        'rejected',
        `${path} has the value at ${pointer} in clear text; let .sops.yaml encrypt it, and change the value, because it was readable`,
      );
    case 'map':
    case 'list':
    case undefined:
      return fail('rejected', `${path} has several values at ${pointer}${siblings(found)}`);
  }
  if (found.type !== 'str' && found.type !== 'bytes')
    return fail(
      'rejected',
      `${path} has a value of type ${found.type} at ${pointer}, and a secret is text; put it into quotes with: sops edit ${path}`,
    );
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(found.bytes));
  } catch {
    return fail(
      'rejected',
      `${path} has bytes at ${pointer} that are not UTF-8 text; encode them, for example with base64`,
    );
  }
}

function child(node: Opened | undefined, step: string): Opened | undefined {
  if (node?.kind === 'map') return node.entries.get(step);
  return node?.kind === 'list' && /^(0|[1-9][0-9]*)$/.test(step) ? node.items[Number(step)] : undefined;
}

/** Names stand in the file in clear. */
function siblings(node: Opened | undefined): string {
  if (node?.kind !== 'map' || node.entries.size === 0) return '; correct the place after "#"';
  const names = [...node.entries.keys()];
  const some = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
  return `; there is ${some}: name one of them after "#"`;
}

import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, Scalar } from 'yaml';
import { type SopsFile, type SopsNode, splitMetadata } from './node.ts';
import { NotReadable } from './not-readable.ts';
import { plainScalar } from './yaml-scalar.ts';

/** A YAML file as SOPS sees it. Throws `NotReadable`; its text never has content of the file. */
export function readYaml(text: string): SopsFile {
  // Nothing is resolved here: what a plain scalar means is up to SOPS.
  const parsed = parseAllDocuments(text, {
    schema: 'failsafe',
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const documents = [...parsed];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error !== undefined) throw new NotReadable(`is not YAML (line ${lineAt(text, error.pos[0])})`);
  }
  return splitMetadata(documents.map(({ contents }) => toNode(contents, 0)));
}

function toNode(node: unknown, depth: number): SopsNode {
  if (depth > 100) throw new NotReadable('is nested more than 100 deep');
  if (node === null) return { kind: 'null' };
  if (isMap(node)) {
    return {
      kind: 'map',
      entries: node.items.map(({ key, value }) => [keyOf(key), toNode(value, depth + 1)] as const),
    };
  }
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => toNode(item, depth + 1)) };
  if (isScalar(node)) return scalarOf(node);
  if (isAlias(node)) throw new NotReadable('has an alias (*), which SOPS never writes');
  throw new NotReadable('has something that is neither a map, a list nor a value');
}

function scalarOf({ value, type, tag, source }: Scalar): SopsNode {
  const text = typeof value === 'string' ? value : (source ?? '');
  if (type !== Scalar.PLAIN || tag === 'tag:yaml.org,2002:str' || tag === '!') return { kind: 'text', text };
  return plainScalar(text);
}

function keyOf(key: unknown): string {
  if (isScalar(key) && typeof key.value === 'string') return key.value;
  throw new NotReadable('has a key that is no text');
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

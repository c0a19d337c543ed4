import type { SopsFile, SopsNode } from './node.ts';
import { NotReadable } from './not-readable.ts';

const prefix = 'sops_';

/** A dotenv file as SOPS sees it: `KEY=value` lines, `\n` for a line break, metadata in keys that begin with `sops_`. */
export function readDotenv(text: string): SopsFile {
  const entries = text.split('\n').flatMap((line, index): readonly (readonly [string, string])[] => {
    if (line === '' || line.startsWith('#')) return [];
    const equals = line.indexOf('=');
    if (equals < 0) throw new NotReadable(`is no dotenv file (line ${index + 1} has no "=")`);
    return [[line.slice(0, equals), line.slice(equals + 1).replaceAll('\\n', '\n')]];
  });
  const own = entries.filter(([key]) => key.startsWith(prefix));
  const values = entries.filter(([key]) => !key.startsWith(prefix));
  return {
    documents: [
      {
        kind: 'map',
        entries: values.map(([key, value]): readonly [string, SopsNode] => [key, { kind: 'text', text: value }]),
      },
    ],
    metadata: own.length === 0 ? undefined : unflatten(own),
  };
}

/** `age__list_0__map_enc` → `{ age: [{ enc }] }`, SOPS's way of writing its part into one level. */
function unflatten(entries: readonly (readonly [string, string])[]): Readonly<Record<string, unknown>> {
  const root: Branch = new Map();
  for (const [key, value] of entries) {
    const parts = key.slice(prefix.length).split(/__(?:map|list)_/);
    let branch = root;
    for (const part of parts.slice(0, -1)) {
      const inner = branch.get(part);
      const deeper: Branch = inner instanceof Map ? inner : new Map();
      branch.set(part, deeper);
      branch = deeper;
    }
    branch.set(parts.at(-1) ?? '', value);
  }
  return plain(root) as Readonly<Record<string, unknown>>;
}

type Branch = Map<string, string | Branch>;

function plain(branch: Branch): unknown {
  const entries = [...branch].map(([key, value]) => [key, value instanceof Map ? plain(value) : value] as const);
  const isList = entries.length > 0 && entries.every(([key]) => /^[0-9]+$/.test(key));
  if (!isList) return Object.fromEntries(entries);
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
}

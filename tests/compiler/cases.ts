import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A platform file of this repository, which compiles for both targets. */
export interface Case {
  readonly name: string;
  /** Relative to the repository. */
  readonly file: string;
  readonly target: 'all';
}

/** The repository's own platform and every example. */
export function cases(): readonly Case[] {
  const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }): Case => ({ name, file: `examples/${name}/autogit.yaml`, target: 'all' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [{ name: 'own-platform', file: 'autogit.yaml', target: 'all' }, ...examples];
}

export function bytesOf({ file }: Pick<Case, 'file'>): Uint8Array {
  return readFileSync(join(root, file));
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompileInput } from '../../compiler/compile.ts';

const root = join(import.meta.dirname, '../..');

/** A platform file of this repository and what it is compiled for. */
export interface Case {
  readonly name: string;
  /** Relative to the repository. */
  readonly file: string;
  readonly target: NonNullable<CompileInput['target']>;
}

/** Examples that are written for one target; all others compile for both. */
const oneTarget: Readonly<Record<string, Case['target']>> = {
  '4-several-hosts': 'compose',
  '5-kubernetes': 'kubernetes',
};

/** The repository's own platform and every example. */
export function cases(): readonly Case[] {
  const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }): Case => ({ name, file: `examples/${name}/autogit.yaml`, target: oneTarget[name] ?? 'all' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [{ name: 'own-platform', file: 'autogit.yaml', target: 'all' }, ...examples];
}

export function bytesOf({ file }: Case): Uint8Array {
  return readFileSync(join(root, file));
}

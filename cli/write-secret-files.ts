import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { SecretFile } from '../compiler/secrets.ts';

/**
 * Writes files that only this user can read, each whole or not at all.
 * @param values of secrets, by id
 * @returns the paths that were written
 */
export function writeSecretFiles(
  folder: string,
  files: readonly SecretFile[],
  values: Readonly<Record<string, string>>,
): readonly string[] {
  return files.map(({ path, content }) => {
    const target = join(folder, path);
    const text =
      content.kind === 'value'
        ? (values[content.secret] ?? '')
        : Object.entries(content.secrets)
            .map(([name, id]) => `${name}=${quoted(values[id] ?? '')}\n`)
            .join('');
    writePrivate(target, text);
    return target;
  });
}

function writePrivate(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(path), `.autogit-${process.pid}.tmp`);
  try {
    const file = openSync(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      fchmodSync(file, 0o600);
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A value in a `.env` file as Docker Compose reads it: nothing is expanded in single quotes. */
function quoted(value: string): string {
  if (!value.includes("'") && !value.includes('\\')) return `'${value}'`;
  const escaped = value
    .replace(/[\\"$]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `"${escaped}"`;
}

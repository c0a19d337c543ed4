import {
  chmodSync,
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
import { removeLeftovers, temporaryName } from './leftovers.ts';

/**
 * Writes files that only this user can reach, each whole or not at all. Compose mounts a file with a value as it is, and
 * containers run as users of their own: the file may be read, and the folder around it keeps everybody else out.
 * https://docs.docker.com/reference/compose-file/services/#secrets (uid, gid and mode hold for no file)
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
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    // The folder is closed before anything in it may be read.
    if (content.kind === 'value') chmodSync(dirname(target), 0o700);
    writeWhole(target, text, content.kind === 'value' ? 0o444 : 0o600);
    return target;
  });
}

function writeWhole(path: string, text: string, mode: number): void {
  // One that a killed process left may hold a value.
  removeLeftovers(dirname(path));
  const temporary = join(dirname(path), temporaryName());
  try {
    const file = openSync(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      fchmodSync(file, mode);
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

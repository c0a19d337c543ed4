import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GITEA } from '../forge/programs.ts';

export const run = promisify(execFile);

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');

/** Folder with the files that Gitea's rootless image has beside the program, as `prepare` gets it. */
export function giteaScripts(): string {
  return join(cache, 'autogit-chain', `gitea-${GITEA.version}`);
}

/** Authelia itself, where somebody put it: on the path, or as `~/.cache/autogit-authelia/<version>/authelia`. */
export function findAuthelia(): string | undefined {
  const kept = join(cache, 'autogit-authelia');
  const versions = existsSync(kept) ? readdirSync(kept).sort().reverse() : [];
  const folders = [...(process.env.PATH ?? '').split(':'), ...versions.map((version) => join(kept, version))];
  return folders.map((folder) => join(folder, 'authelia')).find((path) => existsSync(path));
}

/** A program of this machine at a path of an image, with the libraries that it needs. */
export async function withLibraries(path: string, program: string): Promise<Readonly<Record<string, string>>> {
  const real = await realpath(program);
  const { stdout } = await run('sh', ['-c', 'ldd "$1" 2>/dev/null || true', 'sh', real]);
  const libraries = stdout.split('\n').flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  return { ...Object.fromEntries(libraries.map((library) => [library, library])), [path]: real };
}

/** Path of a program of this machine. */
export async function onPath(program: string): Promise<string> {
  return (await run('sh', ['-c', 'command -v "$1"', 'sh', program])).stdout.trim();
}

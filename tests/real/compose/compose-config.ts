import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../../compiler/model/target.ts';
import { dockerCompose } from './available.ts';

export interface ConfigAnswer {
  readonly exitCode: number;
  readonly stderr: string;
  /** What Compose understood, every variable expanded; undefined when it refused the file. */
  readonly model: Record<string, never> | undefined;
}

/** Lets docker compose read a rendered tree: `docker compose config` in the folder of its compose file. */
export async function composeConfig(
  manifests: readonly Pick<Manifest, 'path' | 'text'>[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ConfigAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'autogit-compose-'));
  try {
    for (const { path, text } of manifests) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const file = manifests.find(({ path }) => path.endsWith('compose.yaml'))?.path ?? '';
    return await config(join(folder, dirname(file)), environment);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * `config` prints a file that can be read again, in which every `$` is doubled; here it is halved again, so that texts
 * are as the process will see them. `--no-path-resolution` keeps `file:` sources as they are written. The environment is closed: no
 * variable leaks in.
 */
function config(cwd: string, environment: Readonly<Record<string, string>>): Promise<ConfigAnswer> {
  const options = { cwd, env: { HOME: cwd, ...environment }, maxBuffer: 2 ** 25 };
  return new Promise((done) => {
    const flags = ['config', '--format', 'json', '--no-path-resolution'];
    execFile(dockerCompose().path, flags, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : Number(error.code ?? -1);
      done({ exitCode, stderr, model: exitCode === 0 ? JSON.parse(stdout.replaceAll('$$', () => '$')) : undefined });
    });
  });
}

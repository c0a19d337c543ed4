import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Forge } from '../forge/start-forge.ts';

/** The platform's repository on the forge, as a person with a clone uses it. */
export interface Repository {
  /** Without credentials: what goes into `gitops.repository`. */
  readonly url: string;
  readonly route: string;
  /** Commits `autogit.yaml` and pushes; returns the commit id. */
  push(text: string, subject: string): Promise<string>;
}

/** Makes `ops/platform` on the forge and clones it into `folder`. */
export async function makeRepository(forge: Forge, folder: string): Promise<Repository> {
  await forge.api('POST', '/orgs', { username: 'ops', visibility: 'public' });
  await forge.api('POST', '/orgs/ops/repos', {
    name: 'platform',
    auto_init: true,
    default_branch: 'main',
    private: false,
  });
  const url = `${forge.url}/ops/platform.git`;
  const clone = url.replace('://', `://${forge.user}:${forge.token}@`);
  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', '-c', 'commit.gpgSign=false'];
    return (await promisify(execFile)('git', [...identity, ...args], { cwd: folder })).stdout.trim();
  };
  await git('clone', '-q', clone, '.');
  return {
    url,
    route: '/repos/ops/platform',
    push: async (text, subject) => {
      await writeFile(join(folder, 'autogit.yaml'), text);
      await git('add', 'autogit.yaml');
      await git('commit', '-q', '-m', subject);
      await git('push', '-q', 'origin', 'main');
      return git('rev-parse', 'HEAD');
    },
  };
}

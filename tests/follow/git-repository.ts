import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A work tree and the bare repository that it pushes to. Commits have fixed names and dates. */
export interface TestRepository {
  readonly bare: string;
  readonly work: string;
  readonly url: string;
  git(...args: string[]): string;
  /** Writes the files, commits and pushes; returns the commit id. `null` removes a file. */
  commit(
    files: Readonly<Record<string, string | Uint8Array | null | { readonly link: string }>>,
    message?: string,
  ): string;
  push(...args: string[]): void;
}

const env = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

export function createRepository(directory: string, name = 'platform'): TestRepository {
  const bare = join(directory, 'server', `${name}.git`);
  const work = join(directory, `${name}-work`);
  mkdirSync(bare, { recursive: true });
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare], { env });
  execFileSync('git', ['-C', bare, 'config', 'receive.denyDeleteCurrent', 'ignore'], { env });
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', work], { env });
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: work, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  git('remote', 'add', 'origin', bare);
  git('config', 'http.receivepack', 'true');
  const push = (...args: string[]): void =>
    void git('push', '--quiet', 'origin', ...(args.length === 0 ? ['HEAD:main'] : args));
  return {
    bare,
    work,
    url: `file://${bare}`,
    git,
    push,
    commit(files, message = 'a change') {
      for (const [path, content] of Object.entries(files)) {
        const target = join(work, path);
        rmSync(target, { recursive: true, force: true });
        if (content === null) continue;
        mkdirSync(dirname(target), { recursive: true });
        if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, target);
        else writeFileSync(target, content);
        if (path.endsWith('.sh')) chmodSync(target, 0o755);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      push();
      return git('rev-parse', 'HEAD');
    },
  };
}

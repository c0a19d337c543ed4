import { fail, ok, type Result } from '../model/result.ts';

export interface ForgeRepository {
  readonly owner: string;
  readonly name: string;
  /** Address of the forge, without a slash at the end; absent for SSH, where the web address cannot be known. */
  readonly forge?: string;
}

/**
 * Owner and name from a clone address: `https://host/sub/owner/name.git`, `ssh://git@host:22/owner/name`,
 * `git@host:owner/name.git`.
 */
export function repositoryOf(cloneUrl: string): Result<ForgeRepository> {
  const unknown = fail(
    'rejected',
    `"${cloneUrl.replace(/\/\/[^/@]*@/, '//')}" does not end in owner/name; name the repository of the forge`,
  );
  const short = /^(?:[\w.-]+@)?[\w.-]+:(?!\/)(.+)$/.exec(cloneUrl);
  const url = URL.parse(cloneUrl);
  const path = url?.host ? url.pathname : short?.[1];
  if (path === undefined) return unknown;
  const parts = path.split('/').filter((part) => part !== '');
  const name = parts.at(-1)?.replace(/\.git$/, '');
  const owner = parts.at(-2);
  if (!isName(owner) || !isName(name)) return unknown;
  const web = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
  return ok({ owner, name, ...(web ? { forge: [url.origin, ...parts.slice(0, -2)].join('/') } : {}) });
}

/** Forgejo and Gitea allow letters, digits, `-`, `_` and `.`; `.` and `..` would change the address. */
function isName(text: string | undefined): text is string {
  return text !== undefined && /^[\w.-]{1,100}$/.test(text) && text !== '.' && text !== '..';
}

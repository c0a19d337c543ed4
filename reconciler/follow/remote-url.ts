import { fail, ok, type Result } from '../model/result.ts';

/** The address of a repository as git gets it: parsed, of an allowed scheme, without password or control characters. */
export interface Remote {
  readonly url: string;
  /** Only this protocol is allowed to git. */
  readonly protocol: 'https' | 'http' | 'ssh' | 'file';
  /** Scheme, host and port: what a token is bound to. */
  readonly origin: string;
  readonly host: string;
}

export interface RemoteRules {
  /** `http://` to other machines too: a token then travels in the clear. Loopback is always allowed. Default false. */
  readonly allowPlainHttp?: boolean;
  /** `file://`, for tests. Default false. */
  readonly allowFileProtocol?: boolean;
}

/**
 * Reads a repository address: `https://…`, `ssh://user@host/…`, `user@host:path`, and `http://` where the rules allow it.
 * Everything else that git knows (`ext::`, `fd::`, a path, an option) is refused.
 */
export function parseRemote(text: string, rules: RemoteRules = {}): Result<Remote> {
  const refuse = (why: string): Result<Remote> => fail('rejected', `the repository address ${why}`);
  if (/[\p{Cc}\s\\]/u.test(text)) return refuse('holds a space, a backslash or a control character; write it without');
  const url = URL.parse(expandShortSsh(text));
  if (url === null || !/^(https?|ssh|file):\/\//i.test(expandShortSsh(text))) {
    return refuse(
      `"${withoutUserInfo(text)}" is none that can be followed; use https://host/owner/name or ssh://git@host/owner/name`,
    );
  }
  const shown = withoutUserInfo(url.href);
  if (url.search !== '' || url.hash !== '') return refuse(`${shown} has a "?" or "#" part; remove it`);
  if (url.password !== '') return refuse(`${shown} holds a password; remove it and give the token as a secret`);
  if (!isHost(url)) return refuse(`${shown} has no valid host name; correct it`);
  switch (url.protocol) {
    case 'https:':
    case 'http:':
      if (url.username !== '') return refuse(`${shown} holds a user name; remove it and give the token as a secret`);
      if (url.protocol === 'http:' && rules.allowPlainHttp !== true && !isLoopback(url.hostname)) {
        return refuse(
          `${shown} is not encrypted, so others on the network could change what is deployed; use https://, or allow plain http explicitly`,
        );
      }
      break;
    case 'ssh:':
      if (!/^[a-z0-9._-]*$/i.test(url.username) || url.username.startsWith('-'))
        return refuse(`${shown} has no valid user name; use ssh://git@host/owner/name`);
      break;
    default:
      if (rules.allowFileProtocol !== true)
        return refuse(
          `${shown} is a local path, which is not followed; name the repository on its server, or follow a file with --file`,
        );
  }
  const protocol = url.protocol.slice(0, -1) as Remote['protocol'];
  return ok({ url: url.href, protocol, origin: `${protocol}://${url.host}`, host: url.host });
}

/** `https://user:token@host/x` → `https://host/x`, for messages and for an address found in a clone. */
export function withoutUserInfo(text: string): string {
  return text.replace(/^(https?:\/\/)[^/@]*@/i, '$1').replace(/^([a-z+]+:\/\/[^/@:]*):[^/@]*@/i, '$1@');
}

/** scp-like form of git: `git@host:owner/name.git` means `ssh://git@host/owner/name.git`. */
function expandShortSsh(text: string): string {
  const [, user, host, path] = /^([a-z0-9._-]+@)([a-z0-9.-]+):(?!\/\/)\/?(.+)$/i.exec(text) ?? [];
  return user === undefined ? text : `ssh://${user}${host}/${path}`;
}

function isHost(url: URL): boolean {
  if (url.protocol === 'file:') return url.hostname === '' && !url.pathname.startsWith('//');
  return /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)$/i.test(url.hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Configuration, User } from './configuration.ts';
import { isDigestOf } from './digest.ts';

const cookieName = 'authelia_session';

export interface Sessions {
  /** Who a request is from: the owner of its session, or of the name and password that it brings. */
  userOf(request: IncomingMessage): User | undefined;
  /** The value of `Set-Cookie`; undefined when name and password do not belong together. */
  begin(name: string, password: string): string | undefined;
}

/** Sessions in memory, kept by a cookie of the domain. */
export function makeSessions(users: ReadonlyMap<string, User>, configuration: Configuration): Sessions {
  const [{ domain }] = configuration.session.cookies;
  const open = new Map<string, User>();
  const proven = (name: string, password: string): User | undefined => {
    const user = users.get(name);
    return user !== undefined && isDigestOf(user.password, password) ? user : undefined;
  };
  return {
    userOf: ({ headers }) => {
      const id = new RegExp(`(?:^|; )${cookieName}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
      const [, basic] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
      if (basic === undefined) return open.get(id ?? '');
      const [name = '', password = ''] = Buffer.from(basic, 'base64').toString().split(/:(.*)/s);
      return proven(name, password);
    },
    begin: (name, password) => {
      const user = proven(name, password);
      if (user === undefined) return undefined;
      const id = randomBytes(24).toString('base64url');
      open.set(id, user);
      return `${cookieName}=${id}; Domain=${domain}; Path=/; HttpOnly; Secure; SameSite=Lax`;
    },
  };
}

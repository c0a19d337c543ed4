import type { IncomingMessage, ServerResponse } from 'node:http';
import { policyFor } from './access.ts';
import type { Configuration } from './configuration.ts';
import type { Sessions } from './sessions.ts';

/** `/api/authz/forward-auth` (https://www.authelia.com/reference/guides/proxy-authorization/#forwardauth). */
export function forwardAuth(configuration: Configuration, sessions: Sessions) {
  const [{ authelia_url: portal, domain }] = configuration.session.cookies;
  return (request: IncomingMessage, response: ServerResponse): void => {
    const asked = targetOf(request);
    if (asked === undefined) return void response.writeHead(400).end();
    const { target, method } = asked;
    if (target.protocol !== 'https:' || !`.${target.hostname}`.endsWith(`.${domain}`))
      return void response.writeHead(403).end();
    const user = sessions.userOf(request);
    switch (policyFor(configuration.access_control, target, user)) {
      case 'bypass':
        return void response.writeHead(200).end();
      case 'deny':
        return void response.writeHead(403).end();
      case 'two_factor':
        // There is no second factor here.
        return void response.writeHead(user === undefined ? 401 : 403).end();
      case 'one_factor':
        if (user !== undefined) return void response.writeHead(200, identity(user)).end();
    }
    const place = `${portal}/?${new URLSearchParams({ rd: target.href, rm: method })}`;
    if (!wantsPage(request)) return void response.writeHead(401).end();
    response.writeHead(['GET', 'HEAD', 'OPTIONS'].includes(method) ? 302 : 303, { location: place }).end();
  };
}

/** Whoever takes a page is sent to one; a script of a page is not. */
function wantsPage({ headers }: IncomingMessage): boolean {
  if (headers['x-requested-with'] === 'XMLHttpRequest') return false;
  const accepted = (headers.accept ?? '').split(',').map((each) => each.split(';')[0]?.trim());
  return accepted.includes('text/html') || accepted[0] === '*/*';
}

function identity({ name, groups, email, displayname }: NonNullable<ReturnType<Sessions['userOf']>>) {
  return {
    'Remote-User': name,
    'Remote-Groups': groups.join(','),
    'Remote-Email': email,
    'Remote-Name': displayname,
  };
}

/** What the ingress says that was asked for; undefined where it does not say it. */
function targetOf({ headers }: IncomingMessage): { readonly target: URL; readonly method: string } | undefined {
  const [proto, host, uri, method] = (['proto', 'host', 'uri', 'method'] as const).map((part) =>
    String(headers[`x-forwarded-${part}`] ?? ''),
  );
  if (!proto || !host || !uri || !method) return undefined;
  return { target: new URL(uri, `${proto}://${host}`), method };
}

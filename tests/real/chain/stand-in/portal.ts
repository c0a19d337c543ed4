import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Configuration } from './configuration.ts';
import type { Sessions } from './sessions.ts';

/** The page of the portal, with the ids that Authelia's own page has, and the one call that it makes. */
export function portalPage(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
}

const page = `<!doctype html><html lang="en"><title>Login - stand-in for Authelia</title><main><h1>Sign in</h1>
<form><input id="username-textfield" autocomplete="username"><input id="password-textfield" type="password">
<button id="sign-in-button">Sign in</button><p role="alert"></p></form></main><script>
document.forms[0].onsubmit = async (event) => {
  event.preventDefault();
  const asked = new URLSearchParams(location.search);
  const body = JSON.stringify({
    username: document.getElementById('username-textfield').value,
    password: document.getElementById('password-textfield').value,
    keepMeLoggedIn: false, targetURL: asked.get('rd') ?? undefined, requestMethod: asked.get('rm') ?? undefined,
    flow: asked.get('flow') ?? undefined, flowID: asked.get('flow_id') ?? undefined,
  });
  const answer = await fetch('/api/firstfactor', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const told = await answer.json();
  if (told.status !== 'OK') document.querySelector('[role=alert]').textContent = 'Incorrect username or password.';
  else location.assign(told.data?.redirect ?? '/');
};
</script></html>`;

interface FirstFactor {
  readonly username: string;
  readonly password: string;
  readonly targetURL?: string;
  readonly flow?: string;
  readonly flowID?: string;
}

/** `POST /api/firstfactor`: a session for a name and a password, and where to go on. */
export function firstFactor(configuration: Configuration, sessions: Sessions) {
  const [{ domain }] = configuration.session.cookies;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = JSON.parse(await text(request)) as FirstFactor;
    const cookie = sessions.begin(asked.username, asked.password);
    if (cookie === undefined) {
      const refused = { status: 'KO', message: 'Authentication failed. Check your credentials.' };
      return void response.writeHead(401).end(JSON.stringify(refused));
    }
    const redirect = nextOf(asked, domain);
    const data = redirect === undefined ? {} : { data: { redirect } };
    response.writeHead(200, { 'set-cookie': cookie, 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'OK', ...data }));
  };
}

/** Nobody is sent out of the domain of the cookie. */
function nextOf({ targetURL, flow, flowID = '' }: FirstFactor, domain: string): string | undefined {
  if (flow === 'openid_connect') return `/?${new URLSearchParams({ flow, flow_id: flowID })}`;
  if (targetURL === undefined) return undefined;
  const target = new URL(targetURL);
  return target.protocol === 'https:' && `.${target.hostname}`.endsWith(`.${domain}`) ? target.href : undefined;
}

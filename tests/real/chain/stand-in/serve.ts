import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readConfiguration, readSecrets, readUsers } from './configuration.ts';
import { forwardAuth } from './forward-auth.ts';
import { openidProvider, subjectOf } from './openid.ts';
import { firstFactor, portalPage } from './portal.ts';
import { makeSessions } from './sessions.ts';

/** Serves what the rendered configuration says, at the address that it names. Throws on a file that makes no sense. */
export function serve(path: string, env: NodeJS.ProcessEnv): Server {
  const configuration = readConfiguration(path, env);
  readSecrets(env);
  const users = readUsers(configuration.authentication_backend.file.path);
  const sessions = makeSessions(users, configuration);
  const [{ authelia_url: url }] = configuration.session.cookies;
  const oidc = configuration.identity_providers?.oidc;
  const cookieKey = readFileSync(env.AUTHELIA_SESSION_SECRET_FILE ?? '', 'utf8');
  const provider = oidc === undefined ? undefined : openidProvider(oidc, url, users, cookieKey);
  const openid = provider?.callback();
  const authorize = forwardAuth(configuration, sessions);
  const login = firstFactor(configuration, sessions);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    if (pathname === '/api/health') return void response.end('{"status":"OK"}');
    if (pathname === '/api/authz/forward-auth') return authorize(request, response);
    // Everything else is for browsers and clients, who come through the ingress.
    if (request.headers['x-forwarded-proto'] !== 'https' || request.headers['x-forwarded-host'] !== new URL(url).host)
      return void response.writeHead(400).end();
    if (pathname === '/api/firstfactor' && request.method === 'POST') return login(request, response);
    if (pathname !== '/') return openid === undefined ? void response.writeHead(404).end() : openid(request, response);
    const user = sessions.userOf(request);
    if (user === undefined || searchParams.get('flow') !== 'openid_connect' || provider === undefined)
      return portalPage(request, response);
    await provider.interactionFinished(request, response, { login: { accountId: subjectOf(user.name) } });
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(JSON.stringify({ level: 'error', message: String(error) }));
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const port = Number(new URL(configuration.server.address.replace('tcp://:', 'tcp://0.0.0.0:')).port);
  return server.listen(port);
}

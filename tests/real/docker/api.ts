import { request } from 'node:http';

/** One call to an engine, past all code under test. Resolves with the parsed answer (or its text); throws on status ≥ 400. */
export function api<T = unknown>(socketPath: string, method: string, path: string, body?: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    const call = request({ socketPath, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => {
        if ((answer.statusCode ?? 500) >= 400) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
        else resolve(parsed(text) as T);
      });
    });
    call.on('error', reject);
    call.end(payload);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Makes and starts a container; returns its id. */
export async function runContainer(
  socket: string,
  name: string,
  body: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { Id } = await api<{ Id: string }>(socket, 'POST', `/containers/create?name=${name}`, body);
  await api(socket, 'POST', `/containers/${Id}/start`);
  return Id;
}

/** Standard output of a container, frames taken apart roughly (for text without control characters). */
export async function logsOf(socket: string, id: string): Promise<readonly string[]> {
  const text = await api<unknown>(socket, 'GET', `/containers/${id}/logs?stdout=1&stderr=1`);
  return String(text)
    .replace(/(?!\n)[\p{Cc}\ufffd]/gu, '')
    .split('\n');
}

/** Everything that a person with the socket can see of all objects, as one text. */
export async function everythingInspectable(socket: string): Promise<string> {
  const parts: unknown[] = [];
  for (const { Id } of await api<{ Id: string }[]>(socket, 'GET', '/containers/json?all=1')) {
    parts.push(await api(socket, 'GET', `/containers/${Id}/json`), await logsOf(socket, Id));
  }
  parts.push(
    await api(socket, 'GET', '/volumes'),
    await api(socket, 'GET', '/networks'),
    await api(socket, 'GET', '/images/json'),
  );
  return JSON.stringify(parts);
}

/** The answer of an API call that was not 2xx. */
export class ForgeApiError extends Error {
  readonly status: number;
  constructor(call: string, status: number, text: string) {
    super(`${call}: ${status} ${text.slice(0, 300)}`);
    this.status = status;
  }
}

export interface ForgeAddress {
  readonly url: string;
  readonly token: string;
}

/** One call of the forge's API v1; the parsed body, or undefined when there is none. Throws `ForgeApiError`. */
export async function callForge(forge: ForgeAddress, method: string, route: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${forge.url}/api/v1${route}`, {
    method,
    headers: {
      accept: 'application/json',
      authorization: `token ${forge.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new ForgeApiError(`${method} ${route}`, answer.status, text);
  return text === '' ? undefined : JSON.parse(text);
}

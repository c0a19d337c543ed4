import { request as httpsRequest } from 'node:https';

/** How to reach an API server. `ca` is its certificate, PEM. */
export interface ApiServer {
  readonly url: string;
  readonly token: string;
  readonly ca: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  /** Texts of the `Warning` headers. */
  readonly warnings: readonly string[];
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
}

const deadlineMs = 60_000;

/** One call. An answer that is no JSON becomes `{ text }`. */
export function request(server: ApiServer, { method, path, body, type }: Call): Promise<Answer> {
  return new Promise((done, fail) => {
    const headers = {
      authorization: `Bearer ${server.token}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
    };
    const call = httpsRequest(
      new URL(path, server.url),
      { method, ca: server.ca, headers, timeout: deadlineMs },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', fail);
        answer.on('end', () =>
          done({
            status: answer.statusCode ?? 0,
            body: parsed(Buffer.concat(parts).toString()),
            warnings: [answer.headers.warning ?? []].flat() as readonly string[],
          }),
        );
      },
    );
    call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer`)));
    call.on('error', fail);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}

export interface KubernetesJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** Create, as a strict dry run or for good: unknown and duplicate fields are errors. */
export function create(
  server: ApiServer,
  object: KubernetesJson,
  options: { readonly dryRun: boolean },
): Promise<Answer> {
  const query = `fieldValidation=Strict${options.dryRun ? '&dryRun=All' : ''}`;
  return request(server, { method: 'POST', path: `${collectionPath(object)}?${query}`, body: object });
}

/** Server-side apply as a reconciler does it. */
export function apply(server: ApiServer, object: KubernetesJson): Promise<Answer> {
  return request(server, {
    method: 'PATCH',
    path: `${collectionPath(object)}/${object.metadata.name}?fieldManager=autogit&force=true&fieldValidation=Strict`,
    body: object,
    type: 'application/apply-patch+yaml',
  });
}

function collectionPath({ apiVersion, kind, metadata }: KubernetesJson): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${base}${namespace}/${pluralOf(kind)}`;
}

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower.endsWith('s')) return `${lower}es`;
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

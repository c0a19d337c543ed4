import { stripVTControlCharacters } from 'node:util';
import type { Failure } from '../model/result.ts';

/** A failing world inside this folder; turned into a value at the port. `status`: HTTP status of the engine's answer. */
export class WorldError extends Error {
  readonly failure: Failure;
  readonly status: number | undefined;
  constructor(failure: Failure, status?: number) {
    super(failure.detail);
    this.failure = failure;
    this.status = status;
  }
}

export const rejected = (detail: string): WorldError => new WorldError({ kind: 'rejected', detail });

/** True for an answer with one of these HTTP statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof WorldError && error.status !== undefined && statuses.includes(error.status);
}

interface RawError {
  readonly code?: string;
  readonly statusCode?: number;
  readonly json?: unknown;
  readonly message?: string;
}

/** Turns what the client library threw into a `WorldError`. `place` is the engine's address, for the message. */
export function worldError(thrown: unknown, place: string): WorldError {
  const raw = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as RawError;
  if (raw.statusCode !== undefined) return answered(raw, raw.statusCode);
  return new WorldError(unanswered(raw.code ?? '', raw.message ?? String(thrown), place));
}

function answered(raw: RawError, status: number): WorldError {
  const said = plain(messageOf(raw));
  if (/no space left on device/.test(said)) {
    return new WorldError(
      {
        kind: 'rejected',
        detail: `the disk of the engine is full: ${said}; free space there, for example with docker image prune`,
      },
      status,
    );
  }
  if (status === 401 || (status === 403 && /denied|authoriz/i.test(said))) {
    return new WorldError({ kind: 'unauthorized', detail: said }, status);
  }
  if (status === 404) return new WorldError({ kind: 'not-found', detail: said }, status);
  if (status === 409) return new WorldError({ kind: 'conflict', detail: said }, status);
  return new WorldError({ kind: 'rejected', detail: said }, status);
}

function messageOf(raw: RawError): string {
  const json = raw.json as { readonly message?: unknown } | null | undefined;
  return typeof json?.message === 'string' ? json.message : (raw.message ?? 'the engine gave no reason');
}

function unanswered(code: string, message: string, place: string): Failure {
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      kind: 'unauthorized',
      detail: `no permission on ${place}: add the user to the group docker, or run as one who may use it`,
    };
  }
  if (code === 'ENOENT')
    return { kind: 'unreachable', detail: `${place} does not exist: is Docker installed and running there?` };
  if (code === 'ECONNREFUSED')
    return { kind: 'unreachable', detail: `nothing answers at ${place}: start Docker there` };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { kind: 'unreachable', detail: `the name of ${place} is not known: check the host in the file` };
  if (code === 'ECONNRESET' || code === 'EPIPE' || /socket hang up/.test(message)) {
    return { kind: 'unreachable', detail: `the engine at ${place} cut the connection; it may be restarting` };
  }
  if (/certificate|tls|ssl|alert/i.test(`${code} ${message}`)) {
    return {
      kind: 'unauthorized',
      detail: `TLS with ${place} failed (${plain(message)}): check ca.pem, cert.pem and key.pem`,
    };
  }
  return { kind: 'unreachable', detail: `${place}: ${plain(message)}` };
}

/** Text of an engine is hostile: one line, no control characters, at most 500 characters. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 500);
}

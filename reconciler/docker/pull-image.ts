import type { Readable } from 'node:stream';
import type { Outcome } from '../model/record.ts';
import { inspectImage } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { hasStatus, plain, rejected, WorldError } from './failure.ts';
import { lines } from './streams.ts';

/**
 * Pulls an image unless its reference is there already (a tag is not looked up again, a digest is exact). An engine
 * tells failures by status or, with status 200, by a line of the stream; what counts is whether it is there afterwards.
 */
export async function pullImage(docker: DockerContext, step: Step, image: string): Promise<Outcome> {
  if ((await inspectImage(docker.connection, image, step.signal)) !== undefined)
    return { kind: 'done', detail: 'there already' };
  step.progress(`pulling ${image}`);
  const query = pullQuery(image);
  try {
    // The first byte can take as long as the registry needs to answer the engine.
    const stream = await docker.connection.stream('pullImage', { query, signal: step.signal, timeoutMs: 120_000 });
    await follow(stream, docker.connection.place, image, step);
  } catch (error) {
    if (error instanceof WorldError && error.status !== undefined) throw pullFailure(image, error);
    throw error instanceof WorldError || !step.signal.aborted
      ? error
      : new WorldError({ kind: 'cancelled', detail: `pulling ${image} was cancelled` });
  }
  const there = await inspectImage(docker.connection, image, step.signal);
  if (there === undefined) throw rejected(`image ${image} was pulled and is not there: look at the engine's log`);
  return { kind: 'done', liveId: there.Id };
}

/** Without a tag the engine would pull every tag of the repository. */
export function pullQuery(image: string): { readonly fromImage: string; readonly tag: string } {
  const at = image.indexOf('@');
  const name = at < 0 ? image : image.slice(0, at);
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  const repository = tagged ? name.slice(0, colon) : name;
  if (at >= 0) return { fromImage: repository, tag: image.slice(at + 1) };
  return { fromImage: repository, tag: tagged ? name.slice(colon + 1) : 'latest' };
}

interface ProgressLine {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
}

async function follow(stream: Readable, place: string, image: string, step: Step): Promise<void> {
  const layers = new Map<string, boolean>();
  let told = '';
  for await (const line of lines(stream, place)) {
    const said = parseLine(line);
    if (said.error !== undefined) throw pullFailure(image, rejected(plain(said.error)));
    if (said.id === undefined || said.status === undefined) continue;
    if (/^(Pulling fs layer|Waiting|Downloading)/.test(said.status)) layers.set(said.id, layers.get(said.id) ?? false);
    else if (/^(Pull complete|Already exists)/.test(said.status)) layers.set(said.id, true);
    const done = [...layers.values()].filter(Boolean).length;
    const text = `pulling ${image} (${done} of ${layers.size} layers)`;
    if (layers.size > 0 && text !== told) step.progress(text);
    told = text;
  }
}

function parseLine(line: string): ProgressLine {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as ProgressLine) : {};
  } catch {
    return {};
  }
}

function pullFailure(image: string, error: WorldError): WorldError {
  const said = plain(error.message);
  if (/no space left/.test(said)) return error;
  if (hasStatus(error, 404) || /not found|manifest unknown|does not exist|access denied/i.test(said)) {
    return new WorldError(
      {
        kind: 'rejected',
        detail: `image ${image} does not exist in its registry, or may not be read without a login: ${
          image.includes('@')
            ? 'the digest may be gone, `autogit lock update` takes the one of now'
            : 'check name and tag'
        } (${said})`,
      },
      error.status,
    );
  }
  if (/refused|no such host|unreachable|no route|timeout|i\/o|TLS|EOF/i.test(said)) {
    return new WorldError(
      {
        kind: 'unreachable',
        detail: `the registry of ${image} cannot be reached from the engine: check the name of the image and the network of that machine (${said})`,
      },
      error.status,
    );
  }
  return new WorldError({ kind: 'rejected', detail: `image ${image} cannot be pulled: ${said}` }, error.status);
}

import { removeContainer } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { plain, rejected, WorldError } from './failure.ts';
import { type FillRequest, fillerBody, fillerName, fillFault } from './filler.ts';
import { ensureFiller } from './filler-image.ts';
import { removeFiller } from './remove-filler.ts';
import { demultiplex, readAll } from './streams.ts';
import { tar } from './tar.ts';

const MAX_OUTPUT_BYTES = 1 << 20;

/**
 * Fills a volume from a stream on the standard input of a short-lived container, and compares digest, mode and owner of
 * every file with what that prints. Works with remote engines and read-only roots; content is in no image, label,
 * environment or argument, and the container's output is kept by no log driver. Throws when the proof fails.
 */
export async function fillVolume(docker: DockerContext, step: Step, request: FillRequest): Promise<void> {
  const image = await ensureFiller(docker, step);
  await removeFiller(docker, step, request.volume);
  const query = { name: fillerName(request.volume) };
  const body = fillerBody(image, request, step.scope);
  const made = (await docker.connection.call('createContainer', {
    query,
    body,
    signal: step.signal,
    timeoutMs: 60_000,
  })) as { readonly Id: string };
  try {
    const fault = fillFault(await send(docker, step, made.Id, tar(request.files)), request.files);
    if (fault !== undefined) throw rejected(`volume ${request.volume} could not be filled: ${plain(fault)}`);
  } finally {
    await removeContainer(docker.connection, made.Id, AbortSignal.timeout(30_000), { anonymousVolumes: true }).catch(
      (error: unknown) => {
        docker.log.warn('docker.filler.left', {
          volume: request.volume,
          detail: error instanceof WorldError ? error.message : String(error),
        });
      },
    );
  }
}

async function send(docker: DockerContext, step: Step, container: string, archive: Buffer): Promise<string> {
  const stream = await docker.connection.attach(container, step.signal);
  const end = (): void => void stream.destroy();
  step.signal.addEventListener('abort', end, { once: true });
  try {
    // Read from the start: a filler that ends early would otherwise leave its reason unread.
    const output = readAll(stream, MAX_OUTPUT_BYTES, docker.connection.place);
    output.catch(() => undefined);
    await docker.connection.call('startContainer', { id: container, signal: step.signal, timeoutMs: 60_000 });
    stream.end(archive);
    return demultiplex(await output);
  } catch (error) {
    if (error instanceof WorldError) throw error;
    if (step.signal.aborted) throw new WorldError({ kind: 'cancelled', detail: 'cancelled while filling a volume' });
    throw new WorldError({
      kind: 'unreachable',
      detail: `the engine cut the connection while a volume was filled (${plain(error instanceof Error ? error.message : String(error))})`,
    });
  } finally {
    step.signal.removeEventListener('abort', end);
    stream.destroy();
  }
}

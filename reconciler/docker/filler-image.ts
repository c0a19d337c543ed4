import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectImage } from './containers.ts';
import type { DockerContext, Step } from './context.ts';
import { plain, WorldError } from './failure.ts';
import { pullImage } from './pull-image.ts';

/** AutoGit's own image for filling volumes. No registry has this name: it is loaded, never pulled. */
export const OWN_FILLER = 'localhost/autogit-filler:1';
/** On the own image: which set of programs is in it. The name alone could be anybody's. */
export const FILLER_LABEL = { name: 'autogit.dev/filler-image', value: '1' } as const;
/** Programs that the script of the filler calls; all of busybox. */
export const FILLER_PROGRAMS = ['chmod', 'cut', 'find', 'fsync', 'rm', 'sh', 'sha256sum', 'stat', 'tar'] as const;
/** Pulled where the own image is neither on the engine nor built here: an official image with the same programs. */
export const PULLED_FILLER = 'busybox:1.37.0-musl';

/**
 * Makes sure of an image that fills volumes, and says which. One that the operator named is used as it is, there or
 * pulled. Else the own image: on the engine already, or loaded from its archive on this machine, which needs no
 * registry. Else `PULLED_FILLER`. Throws what kept it from all of them, with the next step.
 */
export async function ensureFiller(docker: DockerContext, step: Step): Promise<string> {
  const { fillerImage } = docker;
  if (fillerImage !== undefined) return pulled(docker, step, fillerImage, 'name another with --filler-image');
  if (await hasOwn(docker, step)) return OWN_FILLER;
  const missing = await loadOwn(docker, step);
  if (missing === undefined) return OWN_FILLER;
  return pulled(docker, step, PULLED_FILLER, missing);
}

/** `next`: what to do when it cannot be had. */
async function pulled(docker: DockerContext, step: Step, image: string, next: string): Promise<string> {
  try {
    await pullImage(docker, step, image);
    return image;
  } catch (error) {
    if (!(error instanceof WorldError) || step.signal.aborted) throw error;
    const detail = `the image that fills volumes for configs and secrets is missing: ${error.message}; ${next}`;
    throw new WorldError({ ...error.failure, detail }, error.status);
  }
}

async function hasOwn(docker: DockerContext, step: Step): Promise<boolean> {
  const image = await inspectImage(docker.connection, OWN_FILLER, step.signal);
  return image?.Config?.Labels?.[FILLER_LABEL.name] === FILLER_LABEL.value;
}

/** Loads the own image into the engine. Undefined when it is there; else what is in the way, with the next step. */
async function loadOwn(docker: DockerContext, step: Step): Promise<string | undefined> {
  const { connection, fillerArchives } = docker;
  const told = (await connection.call('version', { signal: step.signal })) as { readonly Arch?: string };
  const arch = /^[a-z0-9]+$/.exec(told.Arch ?? '')?.[0] ?? 'unknown';
  const build = 'AutoGit can bring its own, without a registry: run `npm run filler-image` in its folder';
  const archive = fillerArchives === undefined ? undefined : await readArchive(join(fillerArchives, `${arch}.tar`));
  if (archive === undefined) return arch === 'amd64' ? build : `${build}, with a static busybox for ${arch}`;
  step.progress(`loading ${OWN_FILLER}`);
  try {
    const call = { query: { quiet: true }, file: archive, signal: step.signal, timeoutMs: 120_000 };
    const said = await connection.call('loadImage', call);
    if (await hasOwn(docker, step)) return undefined;
    return notLoaded(docker, plain(JSON.stringify(said)).slice(0, 200));
  } catch (error) {
    if (!(error instanceof WorldError) || step.signal.aborted) throw error;
    return notLoaded(docker, error.message);
  }
}

function notLoaded({ log, host }: DockerContext, detail: string): string {
  log.warn('docker.filler.not-loaded', { host, detail });
  return `the engine did not load ${OWN_FILLER} in its place (${detail}): build it anew with \`npm run filler-image\``;
}

/** One that cannot be read is as good as none: there is another way. */
async function readArchive(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(() => undefined);
}

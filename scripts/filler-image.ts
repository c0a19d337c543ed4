/**
 * `npm run filler-image`: the image that fills volumes for configs and secrets as `dist/filler/<architecture>.tar`, made
 * of a static busybox. Needs no Docker and no network. From then on the reconciler loads it into engines that lack it.
 *
 *   npm run filler-image                             busybox of this machine (Debian and Ubuntu: busybox-static)
 *   npm run filler-image -- --busybox ./busybox-arm64   for engines of another architecture
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { replaceFile } from './build/replace-file.ts';
import { fillerArchive } from './filler/filler-archive.ts';
import { architectureOf } from './filler/static-program.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { busybox: { type: 'string' }, output: { type: 'string', default: join(root, 'dist', 'filler') } },
});
const NEXT = 'install the package busybox-static (Debian, Ubuntu), or name a static busybox with --busybox PATH';

try {
  const path = values.busybox ?? busyboxHere();
  if (path === undefined) throw new Error('there is no busybox on this machine');
  const busybox = read(path);
  const arch = architecture(path, busybox);
  const archive = fillerArchive(busybox, arch);
  const target = join(values.output, `${arch}.tar`);
  await replaceFile(target, archive);
  console.log(`${relative(process.cwd(), target)}: ${Math.round(archive.length / 1024)} KiB, from ${path}`);
} catch (error) {
  console.error(`autogit: ${error instanceof Error ? error.message : String(error)}: ${NEXT}`);
  process.exitCode = 1;
}

function busyboxHere(): string | undefined {
  try {
    return execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function architecture(path: string, program: Buffer): string {
  try {
    return architectureOf(program);
  } catch (error) {
    throw new Error(`${path} is ${error instanceof Error ? error.message : String(error)}`);
  }
}

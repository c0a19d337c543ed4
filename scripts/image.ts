/**
 * `npm run image`: what the image of the reconciler is built from, as `dist/image`: Dockerfile, bundle, dashboard, and the
 * filler images that `npm run filler-image` has made. Needs no Docker; deploy/image/Dockerfile says how to go on.
 *
 *   npm run image -- --output FOLDER   another folder; it is made anew
 */
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { assembleImage } from './image/assemble-image.ts';

const root = `${import.meta.dirname}/..`;
const { values } = parseArgs({ options: { output: { type: 'string', default: `${root}/dist/image` } } });
try {
  const folder = await assembleImage(root, values.output);
  console.log(`docker buildx build --platform linux/amd64,linux/arm64 ${relative(process.cwd(), folder) || '.'}`);
} catch (error) {
  console.error(`autogit: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

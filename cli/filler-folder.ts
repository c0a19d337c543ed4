import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where `npm run filler-image` puts archives of the filler image: `dist/filler`, seen from the bundle or from the sources. */
export function fillerFolder(): string | undefined {
  const here = import.meta.dirname;
  const candidates = [join(here, 'filler'), join(here, '..', 'filler'), join(here, '..', 'dist', 'filler')];
  return candidates.find((folder) => existsSync(folder));
}

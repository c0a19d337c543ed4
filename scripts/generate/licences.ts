import { join } from 'node:path';
import { catalog } from '../../library/catalog.ts';
import { imagesOf } from '../licences/findings.ts';
import { readLock, shippedPackages } from '../licences/packages.ts';
import { licencesPage } from '../licences/page.ts';

const root = join(import.meta.dirname, '../..');

/** `LICENSES.md`: what AutoGit brings along and runs, and under which licences. */
export async function licences(): Promise<Readonly<Record<string, string>>> {
  return { 'LICENSES.md': licencesPage(shippedPackages(await readLock(root)), imagesOf(catalog)) };
}

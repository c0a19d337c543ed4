import { catalog } from '../../library/catalog.ts';
import { imagesOf, licenceFindings } from '../licences/findings.ts';
import { readLock, shippedPackages } from '../licences/packages.ts';
import type { CheckOptions, Finding } from './run-checks.ts';

/** Every package that is built in is under a licence that allows it, and of every image it is known. */
export async function checkLicences({ root }: Pick<CheckOptions, 'root'>): Promise<Finding> {
  const packages = shippedPackages(await readLock(root));
  const images = imagesOf(catalog);
  const findings = licenceFindings(packages, images);
  return {
    ok: findings.length === 0,
    output: findings.join('\n'),
    note: `${packages.length} packages, ${images.length} images`,
  };
}

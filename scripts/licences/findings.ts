import type { Catalog, ImageLicence } from '../../compiler/model/component.ts';
import { gpuPlugins } from '../../compiler/model/gpu-plugins.ts';
import { waitImages } from '../../compiler/model/wait-image.ts';
import { choicesOf, knownLicences } from './known.ts';
import type { ShippedPackage } from './packages.ts';

/** Every image that a platform runs of its own accord, sorted by name, each once. */
export function imagesOf(catalog: Catalog): readonly ImageLicence[] {
  const all = [
    ...catalog.flatMap(({ image, title, licence, images = [] }) => [{ image, title, licence }, ...images]),
    ...waitImages,
    ...Object.values(gpuPlugins),
  ].filter(({ image }) => image !== '');
  return [...new Map(all.map((each) => [each.image, each])).values()].sort((a, b) => (a.image < b.image ? -1 : 1));
}

/** What may not be built into AutoGit or run by it as things are, one sentence each. */
export function licenceFindings(
  packages: readonly ShippedPackage[],
  images: readonly ImageLicence[],
): readonly string[] {
  return [...packages.flatMap(packageFinding), ...images.flatMap(imageFinding)];
}

function packageFinding({ name, version, licence }: ShippedPackage): readonly string[] {
  const what = `npm package ${name} ${version}`;
  if (licence === undefined)
    return [`${what} does not say its licence; read it, and add it to olderForms in scripts/licences/packages.ts`];
  const choices = choicesOf(licence) ?? [];
  if (choices.some((choice) => knownLicences[choice]?.use === 'permissive')) return [];
  return choices.some((choice) => choice in knownLicences)
    ? [`${what} is under ${licence}, which may not be built into a program under MIT; use another package`]
    : [`${what} is under ${licence}, which nobody has read; read it, and add it to scripts/licences/known.ts`];
}

function imageFinding({ image, licence }: ImageLicence): readonly string[] {
  const isKnown = choicesOf(licence)?.some((choice) => choice in knownLicences) === true;
  return isKnown
    ? []
    : [`image ${image} is under ${licence}, which nobody has read; read it, and add it to scripts/licences/known.ts`];
}

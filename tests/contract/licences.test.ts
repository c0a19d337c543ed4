import { expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { waitImages } from '../../compiler/model/wait-image.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { choicesOf, knownLicences } from '../../scripts/licences/known.ts';
import { componentFiles } from './component-files.ts';

const components = catalog.filter(({ image }) => image !== '');
const named = new Set([
  ...waitImages.map(({ image }) => image),
  ...catalog.flatMap(({ image, images = [] }) => [image, ...images.map((each) => each.image)]),
]);

it.each(components)('$use says the licence of each image by an id that is known', ({ use, licence, images = [] }) => {
  for (const each of [licence, ...images.map((image) => image.licence)])
    expect(
      choicesOf(each)?.some((choice) => choice in knownLicences),
      `'${each}' of ${use} is not in scripts/licences/known.ts; write its SPDX id, or add it there after reading it`,
    ).toBe(true);
});

it.each(components)('$use says the licence of everything that it runs', async ({ use, images = [], runnerImage }) => {
  const say = 'has no licence: add { image, title, licence } to `images` of its component';
  if (runnerImage !== undefined)
    expect(
      images.some(({ image }) => image === runnerImage),
      `${runnerImage} ${say}`,
    ).toBe(true);
  for (const image of await imagesRunBy(use)) expect(named.has(image), `${image} ${say}`).toBe(true);
});

it('names no image that nothing runs', async () => {
  const run = new Set<string | undefined>(waitImages.map(({ image }) => image));
  for (const { use, runnerImage } of components) {
    run.add(runnerImage);
    for (const image of await imagesRunBy(use)) run.add(image);
  }
  expect(
    [...catalog.flatMap(({ images = [] }) => images.map(({ image }) => image))].filter((image) => !run.has(image)),
  ).toEqual([]);
});

/** Images that a platform with this component runs and its file does not name. */
async function imagesRunBy(use: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const text of Object.values(componentFiles[use] ?? {}))
    for (const target of ['compose', 'kubernetes'] as const) {
      const bytes = Buffer.from(`name: home\ndomain: home.lan\n${text}`);
      const { platform } = await compile({ file: 'autogit.yaml', bytes, catalog, targets, target });
      for (const { image } of platform?.workloads ?? []) if (!text.includes(image)) found.add(image);
    }
  return found;
}

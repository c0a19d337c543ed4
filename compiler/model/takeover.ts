import type { Catalog, Component, Upgrade } from './component.ts';
import { parseImage, shortImage } from './image-reference.ts';

/** Who wrote data. `component` is absent where nobody but the image tells it. */
export interface DataWriter {
  readonly image: string;
  readonly component?: string;
}

/** Who shall go on with them. */
export interface DataReader {
  readonly image: string;
  readonly component: string;
}

/** What it means for data when another image, or another component, goes on with them. */
export type JudgeTakeover = (writer: DataWriter, reader: DataReader) => Upgrade;

/** The code with which a file accepts what is refused. */
export const takeoverCode = 'AG611';

/**
 * Asks the component that shall read. What is known is known of images by their names, in whatever registry they lie; of
 * one with a name of its own the tag may mean anything. Two components of one role keep their data in the same volume,
 * and read each other's only where one says so.
 */
export function takeoverOf(catalog: Catalog): JudgeTakeover {
  return (writer, reader) => {
    if (writer.image === reader.image) return { kind: 'fine' };
    const now = catalog.find(({ use }) => use === reader.component);
    if (now === undefined) return furtherUpgrade(catalog, writer, reader);
    const [from, to] = [nameOf(writer.image), nameOf(reader.image)];
    const program = programOf(writer.image, catalog);
    const old = catalog.find(({ use }) => use === (writer.component ?? program ?? (from === to ? now.use : undefined)));
    if (old !== undefined && old.use !== now.use && old.role === now.role)
      return now.takeOver?.({ use: old.use, image: writer.image }, reader.image) ?? strangeData(old, now);
    const isComparable = from === to || (program === now.use && programOf(reader.image, catalog) === now.use);
    if (old?.use === now.use && isComparable) return now.upgrade?.(writer.image, reader.image) ?? { kind: 'fine' };
    return now.upgrade === undefined ? { kind: 'fine' } : unknownData(writer, reader);
  };
}

/** Of what a component runs beside its main workload, such as the dashboards of monitoring. */
function furtherUpgrade(catalog: Catalog, writer: DataWriter, { image, component }: DataReader): Upgrade {
  const [upgrade] = catalog.flatMap(({ upgrades }) => upgrades?.[component] ?? []);
  const isKnown = (writer.component ?? component) === component && nameOf(writer.image) === nameOf(image);
  return (isKnown ? upgrade?.(writer.image, image) : undefined) ?? { kind: 'fine' };
}

/** The component whose image has this name, in whatever registry it lies. */
function programOf(image: string, catalog: Catalog): string | undefined {
  const name = nameOf(image);
  return catalog.find((component) => component.image !== '' && nameOf(component.image) === name)?.use;
}

/** `registry.home.lan/mirror/forgejo:15` → `forgejo`; GitLab has one name for each edition. */
function nameOf(image: string): string | undefined {
  return parseImage(image)
    ?.repository.split('/')
    .at(-1)
    ?.replace(/^gitlab-[ce]e$/, 'gitlab');
}

function strangeData(old: Component, now: Component): Upgrade {
  return {
    kind: 'refused',
    reason: `${now.title} would start on the data of ${old.title} in the same volume, and what it changes there cannot go back`,
    steps: [
      `keep \`use: ${old.use}\`, or back it up with \`autogit backup run\` and take out of ${old.title} what you need`,
      `then remove its container and its volume by hand, let ${now.title} start on an empty one, and bring in what you took out`,
    ],
  };
}

function unknownData(writer: DataWriter, reader: DataReader): Upgrade {
  return {
    kind: 'warning',
    reason: `nothing is known of data of ${shortImage(writer.image)} under ${shortImage(reader.image)}: back them up before`,
  };
}

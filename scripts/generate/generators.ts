import { generate as language } from '../../schema/generate.ts';
import { componentPages } from './component-pages.ts';
import { licences } from './licences.ts';
import { platformFilePage } from './platform-file-page.ts';

/** Every generator of the project: each returns path → text and writes nothing. One line each. */
const generators: readonly (() => Promise<Readonly<Record<string, string>>>)[] = [
  language,
  componentPages,
  platformFilePage,
  licences,
];

/** All generated files: path relative to the repository → text. Two generators for one path are a bug. */
export async function generateAll(): Promise<Readonly<Record<string, string>>> {
  const all: Record<string, string> = {};
  for (const generate of generators) {
    for (const [path, text] of Object.entries(await generate())) {
      if (path in all) throw new Error(`${path} is generated twice`);
      all[path] = text;
    }
  }
  return all;
}

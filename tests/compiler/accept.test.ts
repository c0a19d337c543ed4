import { expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import type { Catalog } from '../../compiler/model/component.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

const file = `name: home
domain: home.lan
services:
  wiki: { image: "wiki:1" }
`;

/** The library, whose services say that this target cannot do all that they ask for. */
const limited: Catalog = catalog.map((component) =>
  component.role !== 'service'
    ? component
    : {
        ...component,
        expand: (parameters: never, context: never) => ({
          ...component.expand(parameters, context),
          findings: [
            { code: 'AG580', pointer: '/services/wiki', message: 'it cannot be seen there', hint: 'accept it' },
          ],
        }),
      },
) as Catalog;

async function codesOf(text: string) {
  const { diagnostics, rendered } = await compile({
    file: 'a.yaml',
    bytes: Buffer.from(text),
    catalog: limited,
    targets,
  });
  return { codes: diagnostics.map(({ code }) => code), files: rendered?.manifests.length ?? 0 };
}

it('a limit that a component tells stops the compiler, until the file accepts it', async () => {
  expect(await codesOf(file)).toEqual({ codes: ['AG580'], files: 0 });
  expect(await codesOf(`${file}accept: { AG580: it is looked at by hand }\n`)).toEqual({ codes: [], files: 1 });
});

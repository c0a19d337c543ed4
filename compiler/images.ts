import type { Diagnostic } from '../schema/diagnostic.ts';
import { diagnose } from './diagnose.ts';
import { imagesOf } from './lock/images.ts';
import type { Catalog } from './model/component.ts';
import { compareText } from './model/order.ts';
import { readDocument } from './read/read-document.ts';
import { resolve } from './resolve/resolve.ts';
import { validate } from './validate/validate.ts';

export interface ImagesRead {
  /** Sorted, each once; undefined when the file is not right. */
  readonly images?: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Every image that a platform file asks for, on either target, defaults included. Nothing is rendered. */
export async function readImages(input: {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly catalog: Catalog;
}): Promise<ImagesRead> {
  const { document, diagnostics } = await readDocument(input);
  if (document === undefined) return { diagnostics };
  const { spec, findings } = validate(document);
  if (spec === undefined || diagnostics.length > 0)
    return { diagnostics: diagnose({ document, findings, diagnostics }) };
  const { catalog } = input;
  const platforms = (['compose', 'kubernetes'] as const).map((target) => resolve(spec, { catalog, target }).platform);
  const images = platforms.flatMap((platform) => imagesOf(platform).map(({ image }) => image));
  return { images: [...new Set(images)].sort(compareText), diagnostics: [] };
}

import type { Diagnostic } from '../schema/diagnostic.ts';
import { diagnose } from './diagnose.ts';
import { imagesOf } from './lock/images.ts';
import { pin } from './lock/pin.ts';
import { staleEntries } from './lock/stale-entries.ts';
import { type LockFile, openLock } from './lock.ts';
import type { Catalog } from './model/component.ts';
import { compareText } from './model/order.ts';
import type { Platform } from './model/platform.ts';
import { readDocument } from './read/read-document.ts';
import { resolve } from './resolve/resolve.ts';
import { environmentsOf, overlay } from './validate/overlay.ts';
import { validate } from './validate/validate.ts';

export interface ImagesInput {
  /** Name of the platform file for messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly catalog: Catalog;
}

export interface ImagesRead {
  /** Sorted, each once; undefined when the file is not right. */
  readonly images?: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Every image that a platform file asks for, on either target and in every environment, defaults included. Nothing is rendered. */
export async function readImages(input: ImagesInput): Promise<ImagesRead> {
  const read = await everyPlatform(input);
  if (read.platforms === undefined) return { diagnostics: read.diagnostics };
  const images = read.platforms.flatMap((platform) => imagesOf(platform).map(({ image }) => image));
  return { images: [...new Set(images)].sort(compareText), diagnostics: [] };
}

/** Everything in which a lock and its platform file do not agree, on either target and in any environment; empty when they do. */
export async function verifyLock(input: ImagesInput & { readonly lock: LockFile }): Promise<readonly Diagnostic[]> {
  const read = await everyPlatform(input);
  if (read.platforms === undefined) return read.diagnostics;
  const { lock, document, diagnostics } = await openLock(input.lock);
  if (lock === undefined || document === undefined) return diagnostics;
  const name = input.lock.file.slice(input.lock.file.lastIndexOf('/') + 1);
  const findings = read.platforms.flatMap((platform) => pin(platform, lock, name).findings);
  const images = read.platforms.flatMap((platform) => imagesOf(platform).map(({ image }) => image));
  return [
    ...diagnose({ document: read.document, findings }),
    ...diagnose({ document, findings: staleEntries(lock, images) }),
  ];
}

/** What the file means on both targets, as it stands and in each of its environments. */
async function everyPlatform({ file, bytes, catalog }: ImagesInput) {
  const { document, diagnostics } = await readDocument({ file, bytes });
  if (document === undefined) return { diagnostics };
  const platforms: Platform[] = [];
  for (const environment of [undefined, ...environmentsOf(document.tree)]) {
    const laid = environment === undefined ? { document, findings: [] } : overlay(document, environment);
    const { spec, findings } = await validate(laid.document);
    const all = [...laid.findings, ...findings];
    if (spec === undefined || diagnostics.length > 0 || all.some(({ severity = 'error' }) => severity === 'error')) {
      return { diagnostics: diagnose({ document: laid.document, findings: all, diagnostics }) };
    }
    for (const target of ['compose', 'kubernetes'] as const)
      platforms.push(resolve(spec, { catalog, target }).platform);
  }
  return { document, platforms, diagnostics: [] };
}

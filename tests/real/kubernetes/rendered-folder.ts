import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { target } from '../../../compiler/kubernetes/target.ts';
import type { Platform } from '../../../compiler/model/platform.ts';
import type { Manifest } from '../../../compiler/model/target.ts';
import type { KubernetesJson } from './api.ts';

export interface RenderedFolder {
  readonly folder: string;
  /** In apply order. */
  readonly objects: readonly KubernetesJson[];
}

/** What `compile` writes for a platform, in a new temporary folder. */
export async function renderedFolder(given: Platform): Promise<RenderedFolder> {
  const { manifests } = await target.render(given);
  return writtenFolder(manifests);
}

/** Rendered files in a new temporary folder. */
export function writtenFolder(manifests: readonly Manifest[]): RenderedFolder {
  const root = mkdtempSync(join(tmpdir(), 'autogit-rendered-'));
  for (const { path, text } of manifests) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const objects = manifests
    .filter(({ kind }) => kind !== 'Kustomization')
    .map(({ text }) => parse(text) as KubernetesJson);
  return { folder: join(root, 'kubernetes'), objects };
}

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { target } from '../../../compiler/kubernetes/target.ts';
import type { Platform } from '../../../compiler/model/platform.ts';
import type { KubernetesJson } from './api.ts';

/** What `compile` writes for a platform, in a new temporary folder, and the objects in apply order. */
export async function renderedFolder(
  given: Platform,
): Promise<{ readonly folder: string; readonly objects: readonly KubernetesJson[] }> {
  const root = mkdtempSync(join(tmpdir(), 'autogit-rendered-'));
  const { manifests } = await target.render(given);
  for (const { path, text } of manifests) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const objects = manifests
    .filter(({ kind }) => kind !== 'Kustomization')
    .map(({ text }) => parse(text) as KubernetesJson);
  return { folder: join(root, 'kubernetes'), objects };
}

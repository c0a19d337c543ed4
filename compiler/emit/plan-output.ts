import { compareText } from '../model/order.ts';
import { recordOf } from '../model/record.ts';
import type { Manifest } from '../model/target.ts';
import { contentDigest, type OwnershipIndex } from './ownership-index.ts';

/** What lies at a path of the output folder. `other` is a folder, a link or anything else that is no plain file. */
export type Present =
  | { readonly kind: 'file'; readonly digest: string }
  | { readonly kind: 'other'; readonly what: string };

export type OutputChange =
  | { readonly kind: 'create' | 'update' | 'unchanged'; readonly path: string; readonly text: string }
  /** Ours, untouched, and no longer rendered. */
  | { readonly kind: 'remove'; readonly path: string }
  /** Ours, but changed since by someone else; `text` is absent when it is no longer rendered. */
  | { readonly kind: 'edited'; readonly path: string; readonly text?: string }
  /** In the way, and not ours. */
  | { readonly kind: 'foreign'; readonly path: string; readonly what: string; readonly text: string };

export interface OutputPlan {
  /** Sorted by path. */
  readonly changes: readonly OutputChange[];
  /** The index once all is done. */
  readonly index: OwnershipIndex;
}

export interface OutputState {
  readonly manifests: readonly Manifest[];
  readonly index: OwnershipIndex;
  /** What lies at each path of `manifests` and `index`; a path that is absent here is free. */
  readonly present: ReadonlyMap<string, Present>;
}

/**
 * What has to happen in an output folder so that it holds exactly what was rendered, and nothing of others is touched.
 * Nothing may be written when a change is `edited` or `foreign`. Pure.
 */
export function planOutput({ manifests, index, present }: OutputState): OutputPlan {
  const rendered = new Map(manifests.map(({ path, text }) => [path, contentDigest(text)]));
  const stale = Object.keys(index).filter((path) => !rendered.has(path));
  const changes = [
    ...manifests.map((manifest) => {
      const digest = rendered.get(manifest.path) ?? '';
      return changeOf(manifest, digest, index[manifest.path], present.get(manifest.path));
    }),
    ...stale.flatMap((path) => removalOf(path, index[path], present.get(path))),
  ];
  return {
    changes: changes.sort((a, b) => compareText(a.path, b.path)),
    index: recordOf(rendered),
  };
}

/** `digest` is that of the text, `owned` that of the file as AutoGit last wrote it. */
function changeOf(
  { path, text }: Manifest,
  digest: string,
  owned: string | undefined,
  there: Present | undefined,
): OutputChange {
  if (there === undefined) return { kind: 'create', path, text };
  if (there.kind === 'other') return { kind: 'foreign', path, what: there.what, text };
  if (there.digest === digest) return { kind: 'unchanged', path, text };
  if (owned === undefined) return { kind: 'foreign', path, what: 'a file', text };
  return { kind: there.digest === owned ? 'update' : 'edited', path, text };
}

function removalOf(path: string, owned: string | undefined, there: Present | undefined): readonly OutputChange[] {
  if (there === undefined) return [];
  if (there.kind === 'other') return [];
  return [{ kind: there.digest === owned ? 'remove' : 'edited', path }];
}

/** Changes that forbid writing. */
export function isRefused(change: OutputChange): change is Extract<OutputChange, { kind: 'edited' | 'foreign' }> {
  return change.kind === 'edited' || change.kind === 'foreign';
}

import { differenceOf } from './diff/difference.ts';
import type { Difference, Side } from './diff/report.ts';
import type { Catalog } from './model/component.ts';
import type { Platform } from './model/platform.ts';
import type { Rendered } from './model/target.ts';

export { durationText } from './diff/gap.ts';
export { type Change, type Difference, type FileChange, type Risk, risks } from './diff/report.ts';

/** One side of a comparison: a compiled file, or rendered files alone. */
export type Compared =
  | { readonly kind: 'compiled'; readonly platform: Platform; readonly rendered: Rendered }
  | { readonly kind: 'files'; readonly files: ReadonlyMap<string, string> }
  /** There was no platform yet. */
  | { readonly kind: 'none' };

export interface CompareInput {
  readonly before: Compared;
  readonly after: Extract<Compared, { kind: 'compiled' }>;
  readonly catalog: Catalog;
}

/** What is different between two states of a platform, by text and by meaning. The same input gives the same difference. */
export async function compare({ before, after, catalog }: CompareInput): Promise<Difference> {
  const old = before.kind === 'none' ? nothingOf(after) : before;
  return differenceOf({ before: await sideOf(old), after: await sideOf(after), catalog });
}

/** The same platform with nothing in it. */
function nothingOf({ platform }: CompareInput['after']): CompareInput['after'] {
  const none = { workloads: [], volumes: [], links: [], routes: [], secrets: [], configs: [], pools: [], hosts: [] };
  return {
    kind: 'compiled',
    platform: { ...platform, ...none, accept: {}, patches: [] },
    rendered: { manifests: [], findings: [] },
  };
}

async function sideOf(compared: Exclude<Compared, { kind: 'none' }>): Promise<Side> {
  if (compared.kind === 'files') return { files: compared.files };
  const { platform, rendered } = compared;
  const files = new Map(rendered.manifests.map(({ path, text }) => [path, text]));
  if (platform.target !== 'kubernetes') return { platform, files };
  const { obstacles } = await import('./kubernetes/security.ts');
  const exceptions = platform.workloads.map(
    (workload) => [workload.id, obstacles(platform, workload).map(({ reason }) => reason)] as const,
  );
  return { platform, files, exceptions: Object.fromEntries(exceptions) };
}

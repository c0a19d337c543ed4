import { load } from 'js-yaml';
import type { KubernetesFile } from './immutable.ts';
import type { FileChange, Side } from './report.ts';

/** Rendered files that are not the same on both sides, by path. */
export function fileChanges(before: Side, after: Side): readonly FileChange[] {
  const paths = [...new Set([...before.files.keys(), ...after.files.keys()])].sort();
  return paths.flatMap((path): readonly FileChange[] => {
    const [old, now] = [before.files.get(path), after.files.get(path)];
    if (old === now) return [];
    const what = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    return [{ path, what, before: old ?? '', after: now ?? '' }];
  });
}

/** A Compose service with the host that it is on. */
export interface ComposeEntry {
  readonly host: string;
  readonly service: Readonly<Record<string, unknown>>;
}

/** What is rendered of one workload, on one side, as far as it is not the same on the other. */
export interface RenderedWorkload {
  readonly compose?: ComposeEntry;
  /** Kubernetes objects by path. */
  readonly objects: ReadonlyMap<string, KubernetesFile>;
}

/** Both sides of what was rendered, by id of the workload; only files that differ are read. */
export function renderedWorkloads(
  files: readonly FileChange[],
): ReadonlyMap<string, { readonly before: RenderedWorkload; readonly after: RenderedWorkload }> {
  const [before, after] = [readSide(files, 'before'), readSide(files, 'after')];
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  const nothing: RenderedWorkload = { objects: new Map() };
  return new Map(ids.map((id) => [id, { before: before.get(id) ?? nothing, after: after.get(id) ?? nothing }]));
}

function readSide(files: readonly FileChange[], side: 'before' | 'after'): ReadonlyMap<string, RenderedWorkload> {
  const found = new Map<string, { compose?: ComposeEntry; objects: Map<string, KubernetesFile> }>();
  const entry = (id: string) => {
    const known = found.get(id) ?? { objects: new Map<string, KubernetesFile>() };
    found.set(id, known);
    return known;
  };
  for (const file of files) {
    if (file[side] === '') continue;
    const host = /^compose\/([^/]+)\/compose\.yaml$/.exec(file.path)?.[1];
    const workload = /^kubernetes\/([^/]+)\/[^/]+\.yaml$/.exec(file.path)?.[1];
    if (host !== undefined) {
      const services = servicesOf(parsed(file[side]));
      for (const [id, service] of Object.entries(services)) entry(id).compose = { host, service };
    }
    if (workload !== undefined) entry(workload).objects.set(file.path, parsed(file[side]) as KubernetesFile);
  }
  return found;
}

function servicesOf(file: unknown): Readonly<Record<string, ComposeEntry['service']>> {
  const { services } = (file ?? {}) as { readonly services?: Readonly<Record<string, ComposeEntry['service']>> };
  return services ?? {};
}

/** A folder that a person edited may hold anything: what cannot be read is nothing, its text is in the diff all the same. */
function parsed(text: string): unknown {
  try {
    const value = load(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

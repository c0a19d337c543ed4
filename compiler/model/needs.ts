/** One need of a service as the file says it. */
export interface NamedNeed {
  readonly id: string;
  /** Absent when the file gives a list: healthy, or done for a job. */
  readonly condition?: 'started' | 'healthy' | 'done';
  /** Last part of its pointer: an index of the list, or the id itself. */
  readonly key: string;
}

/** Needs in either form of the file: a list of ids, or a map from id to condition. */
export function needsIn(
  needs: readonly string[] | Readonly<Record<string, 'started' | 'healthy' | 'done'>>,
): readonly NamedNeed[] {
  if (isList(needs)) return needs.map((id, index) => ({ id, key: String(index) }));
  return Object.entries(needs).map(([id, condition]) => ({ id, condition, key: id }));
}

function isList(value: readonly string[] | object): value is readonly string[] {
  return Array.isArray(value);
}

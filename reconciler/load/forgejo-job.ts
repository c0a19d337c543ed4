/** One entry of Forgejo's `ActionRunJob`. */
export interface ForgejoJob {
  readonly id: number;
  readonly attempt: number;
  readonly name: string;
  readonly labels: readonly string[];
  readonly repository: number;
  readonly running: boolean;
}

/** Undefined when it is not a job; id 0 marks one that neither waits nor runs. */
export function readForgejoJob(entry: unknown): ForgejoJob | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { id, attempt, name, runs_on: labels, repo_id: repository, status } = entry as Record<string, unknown>;
  if (typeof id !== 'number' || typeof name !== 'string' || typeof status !== 'string') return undefined;
  if (labels !== null && !(Array.isArray(labels) && labels.every((label) => typeof label === 'string')))
    return undefined;
  const counts = status === 'waiting' || status === 'running';
  return {
    id: counts ? id : 0,
    attempt: typeof attempt === 'number' ? attempt : 0,
    name,
    labels: labels ?? [],
    repository: typeof repository === 'number' ? repository : 0,
    running: status === 'running',
  };
}

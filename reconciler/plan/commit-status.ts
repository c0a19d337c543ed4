import type { RevisionRecord } from '../model/record.ts';
import { shortRevision } from './choose-revision.ts';

/** What to tell the forge about the newest revision; undefined for nothing yet. `problem`: why another one is pursued. */
export function commitStatus(input: {
  readonly platform: string;
  /** Environment of the file that is laid over it, where there is one: each tells about the commit on its own. */
  readonly environment?: string | undefined;
  readonly revision: string;
  readonly history: readonly RevisionRecord[];
  /** Revision that is pursued now. */
  readonly pursued: string | undefined;
  readonly problem: string | undefined;
  readonly units: number;
}):
  | {
      readonly revision: string;
      readonly state: 'pending' | 'success' | 'failure';
      readonly context: string;
      readonly description: string;
    }
  | undefined {
  const { platform, environment, revision, history, pursued, problem, units } = input;
  const record = history.find((item) => item.revision === revision);
  const context = environment === undefined ? `autogit/${platform}` : `autogit/${platform}/${environment}`;
  const base = { revision, context };
  const kept = pursued === undefined || pursued === revision ? '' : `; ${shortRevision(pursued)} is kept`;
  switch (record?.state) {
    case 'applied':
      return { ...base, state: 'success', description: `applied: ${units} units are as the file asks` };
    case 'quarantined':
      // The cycle that follows at once says what is kept instead.
      if (pursued === revision) return undefined;
      return { ...base, state: 'failure', description: cut(`rolled back: ${record.reason ?? 'it failed'}${kept}`) };
    case 'failed':
    case 'rejected':
      return { ...base, state: 'failure', description: cut(record.reason ?? problem ?? record.state) };
    case 'applying':
    case undefined:
      if (problem !== undefined && pursued !== revision)
        return { ...base, state: 'failure', description: cut(problem) };
      return { ...base, state: 'pending', description: cut(record?.reason ?? 'being applied') };
  }
}

/** Forges take 140 characters. */
function cut(text: string): string {
  return text.length <= 140 ? text : `${text.slice(0, 139)}…`;
}

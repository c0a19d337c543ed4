import type { ProcessIdentity } from './process-identity.ts';
import type { RunnerFolder } from './runner-folder.ts';

/** Id of a runner of which only the folder is there: it never started, or ended before its start time could be read. */
const FOLDER_ID = 'folder:';

/** As in `HostRunner.id`, of a process. */
export const runnerId = ({ pid, start }: ProcessIdentity): string => `${pid}:${start}`;

/** As in `HostRunner.id`. */
export function idOf(folder: RunnerFolder): string {
  return folder.process === undefined ? `${FOLDER_ID}${folder.record.name}` : runnerId(folder.process);
}

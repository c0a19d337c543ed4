import { basename, dirname } from 'node:path';
import { type FSWatcher, watch as watchFiles } from 'chokidar';

export interface FileWatch {
  /** From now on these are watched, too; those of the call before that are not among them are not any more. */
  also(paths: readonly string[]): void;
  /** Calls `wake` when one of the files changes, comes or goes. Resolves when `signal` aborts. */
  run(wake: () => void, signal: AbortSignal): Promise<void>;
}

/**
 * Watches folders and not files: editors write a new file and rename it, and mounted configuration is a link to a link
 * that is exchanged.
 * @param always absolute paths that are watched all the time
 */
export function createFileWatch(always: readonly string[]): FileWatch {
  let wanted = new Set(always);
  let folders = foldersOf(wanted);
  let watcher: FSWatcher | undefined;

  // `..data` is the link that Kubernetes exchanges.
  const isOther = (seen: string): boolean =>
    folders.has(dirname(seen)) && !folders.has(seen) && !wanted.has(seen) && basename(seen) !== '..data';

  return {
    also(paths) {
      const before = new Set([...wanted, ...folders]);
      wanted = new Set([...always, ...paths]);
      folders = foldersOf(wanted);
      const added = [...folders, ...wanted].filter((path) => !before.has(path));
      if (added.length > 0) watcher?.add(added);
    },
    async run(wake, signal) {
      if (signal.aborted) return;
      watcher = watchFiles([...folders, ...wanted], { depth: 0, ignoreInitial: true, ignored: isOther });
      watcher.on('all', () => wake());
      watcher.on('error', () => wake());
      await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
      await watcher.close();
    },
  };
}

function foldersOf(paths: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...paths].map((path) => dirname(path)));
}

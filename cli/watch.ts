import { basename, dirname, resolve } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { exitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** One run of what is repeated. `files` are those that it read; each is watched until the next run. */
export type WatchedRun = () => Promise<{ readonly files: readonly string[] }>;

/** Editors write in several steps; a change counts when the files were left alone for so long. */
const settleMs = 5;

/**
 * Runs, and runs again on every change of a file that the last run read, one run at a time. Ends on SIGINT or SIGTERM,
 * with 0. `file` is watched from the start. Folders are watched and not files: many editors write a new file and rename it.
 */
export async function watchAndRun(run: WatchedRun, file: string, screen: Terminal): Promise<number> {
  const watched = new Set([resolve(file)]);
  const folders = new Set([dirname(resolve(file))]);
  const watcher = watchFiles([...folders], {
    depth: 0,
    ignoreInitial: true,
    ignored: (path) => !folders.has(path) && !watched.has(path) && basename(path) !== '..data',
  });
  let [isRunning, isDirty] = [false, false];
  let timer: NodeJS.Timeout | undefined;
  async function again(): Promise<void> {
    if (isRunning) {
      isDirty = true;
      return;
    }
    isRunning = true;
    do {
      isDirty = false;
      await once();
    } while (isDirty);
    isRunning = false;
  }
  async function once(): Promise<void> {
    const start = performance.now();
    const { files } = await run();
    screen.err(`${(performance.now() - start).toFixed(1)} ms; waiting for changes, Ctrl-C ends it\n`);
    for (const file of files) {
      const path = resolve(file);
      watched.add(path);
      if (folders.has(dirname(path))) continue;
      folders.add(dirname(path));
      watcher.add(dirname(path));
    }
  }
  function wake(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void again(), settleMs);
  }
  const ended = new Promise<void>((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });
  watcher.on('all', wake);
  watcher.on('error', wake);
  // Ready first: a change right after the first run must not be missed.
  await new Promise<void>((done) => watcher.once('ready', done));
  await again();
  await ended;
  clearTimeout(timer);
  await watcher.close();
  return exitCode.fine;
}

import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerAction } from '../model/plan.ts';
import type { Outcome } from '../model/record.ts';
import type { ActContext, RunnerCredential } from '../ports/engine.ts';
import { findProgram } from './find-program.ts';
import type { ProcessHost } from './process-host.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';
import {
  deploymentFolder,
  lastLogLines,
  noteExit,
  noteProcess,
  readRunnerFolders,
  writeRunnerFolder,
} from './runner-folder.ts';
import { idOf, runnerId } from './runner-id.ts';

/** A program that cannot work ends in this time: wrong version, bad configuration, forge out of reach. */
const FIRST_LOOK_MS = 300;
/** One that has ended is told to us with its exit code in a moment, on a busy machine a little later. */
const EXIT_CODE_MS = 10_000;

/**
 * Starts a runner as a process of its own session, so that it outlives us. It writes its number before it becomes the
 * program: a crash of ours at any moment leaves a runner that is found again.
 */
export async function launchRunner(
  host: ProcessHost,
  action: Extract<RunnerAction, { kind: 'launch-runner' }>,
  credential: RunnerCredential,
  context: ActContext,
): Promise<Outcome> {
  const parent = deploymentFolder(host.directory, context.scope);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const there = readRunnerFolders(parent).find(({ record }) => record.name === action.name);
  if (there?.alive && there.process)
    return { kind: 'done', liveId: runnerId(there.process), detail: 'started by an earlier run' };
  const program = findProgram(credential.program, host.id, host);
  if (!program.ok) return { kind: 'failed', failure: program.failure };
  if (there !== undefined) rmSync(there.path, { recursive: true, force: true });

  context.progress(`starting runner ${action.name}`);
  const path = writeRunnerFolder(parent, action, credential, host.clock.now());
  const { pid, known, ended } = start(host, path, [program.value, ...credential.args]);
  if (pid !== undefined) await host.clock.sleep(FIRST_LOOK_MS, context.signal);
  if (known !== undefined && isAlive(known)) return { kind: 'done', liveId: runnerId(known) };
  // It may have done a job meanwhile: only its exit code, which lies in its folder then, tells.
  if (pid !== undefined) await within(host, EXIT_CODE_MS, ended, context.signal);
  const folder = readRunnerFolders(parent).find(({ record }) => record.name === action.name);
  const code = folder?.exitCode;
  if (folder !== undefined && code === 0) return { kind: 'done', liveId: idOf(folder), detail: 'has ended already' };
  const logs = lastLogLines(path, 5);
  rmSync(path, { recursive: true, force: true });
  const how = code === undefined ? 'did not start' : `ended at once with code ${code}`;
  return {
    kind: 'failed',
    failure: { kind: 'rejected', detail: `runner ${action.name} ${how}: ${logs.at(-1) ?? 'it said nothing'}` },
    logs,
  };
}

/** Waits for `event`, at most `ms`; leaves no timer behind. */
async function within(host: ProcessHost, ms: number, event: Promise<void>, signal: AbortSignal): Promise<void> {
  const come = new AbortController();
  await Promise.race([event, host.clock.sleep(ms, AbortSignal.any([signal, come.signal]))]);
  come.abort();
}

/** `nice`: jobs yield to the services of the machine. */
const BECOME = 'umask 077; echo $$ > ../pid; exec nice -n 5 "$@"';

interface Started {
  /** Absent when no process could be made. */
  readonly pid?: number;
  /** Absent when it had ended by the time it was looked at. */
  readonly known?: ProcessIdentity;
  /** Resolves when it has ended and its exit code is noted. */
  readonly ended: Promise<void>;
}

function start(host: ProcessHost, path: string, command: readonly string[]): Started {
  const home = join(path, 'home');
  const log = openSync(join(path, 'runner.log'), 'a', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', BECOME, 'runner', ...command], {
      cwd: home,
      // Nothing of our own environment: it may hold tokens.
      env: { PATH: host.path, HOME: home, LANG: 'C.UTF-8', TMPDIR: join(home, 'tmp') },
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.on('error', (error) => host.log.warn('process.runner.error', { detail: error.message }));
    const ended = new Promise<void>((resolve) => {
      child.on('exit', (code, signal) => {
        noteExit(path, code ?? (signal === 'SIGTERM' ? 0 : 128));
        host.wakeAll();
        resolve();
      });
    });
    child.unref();
    if (child.pid === undefined) return { ended };
    const known = identify(child.pid);
    if (known === undefined) return { pid: child.pid, ended };
    if (existsSync(path)) noteProcess(path, known);
    return { pid: child.pid, known, ended };
  } finally {
    closeSync(log);
  }
}

import type { ContainerHealth } from '../model/desired.ts';
import { longestTimerMs } from '../ports/clock.ts';
import type { Connection } from './connection.ts';
import { WorldError } from './failure.ts';
import { readAll } from './streams.ts';

const MAX_OUTPUT_BYTES = 64 * 1024;

/**
 * Runs the health command of a container once through the engine's exec. A container that stops meanwhile fails the
 * check; `hung`: no end within the check's timeout (its process cannot be ended from outside).
 */
export async function probe(
  connection: Connection,
  container: string,
  health: ContainerHealth,
  signal: AbortSignal,
): Promise<'passed' | 'failed' | 'hung'> {
  const [form, ...rest] = health.test;
  const command = form === 'CMD-SHELL' ? ['/bin/sh', '-c', rest[0] ?? ''] : rest;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), Math.min(health.timeoutMs || 30_000, longestTimerMs));
  try {
    const body = { Cmd: command, AttachStdout: true, AttachStderr: true };
    const made = (await connection.call('createExec', { id: container, body, signal })) as { readonly Id: string };
    const both = AbortSignal.any([signal, late.signal]);
    const output = await connection.stream('startExec', {
      id: made.Id,
      body: { Detach: false, Tty: false },
      signal: both,
    });
    await readAll(output, MAX_OUTPUT_BYTES, connection.place);
    const ended = (await connection.call('inspectExec', { id: made.Id, signal })) as {
      readonly Running?: boolean;
      readonly ExitCode?: number | null;
    };
    return ended.Running !== true && ended.ExitCode === 0 ? 'passed' : 'failed';
  } catch (error) {
    if (!(error instanceof WorldError) || signal.aborted) throw error;
    // A container that stops, and an engine that goes away, break the stream: the next look tells which it was.
    return late.signal.aborted ? 'hung' : 'failed';
  } finally {
    clearTimeout(timer);
  }
}

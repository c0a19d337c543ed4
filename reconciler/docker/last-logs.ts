import { redact } from '../model/redact.ts';
import type { Connection } from './connection.ts';
import { plain, WorldError } from './failure.ts';
import { demultiplex, readAll } from './streams.ts';

const MAX_LINES = 20;
const MAX_BYTES = 64 * 1024;

/** The last 20 lines that a container wrote, cut to 300 characters, without known secrets. Empty when it has none. */
export async function lastLogs(
  connection: Connection,
  container: string,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const query = { stdout: true, stderr: true, tail: MAX_LINES };
    const stream = await connection.stream('containerLogs', { id: container, query, signal, timeoutMs: 5000 });
    const bytes = await readAll(stream, MAX_BYTES, connection.place);
    return redact(demultiplex(bytes), secrets)
      .split('\n')
      .map(plain)
      .filter((line) => line !== '')
      .slice(-MAX_LINES)
      .map((line) => line.slice(0, 300));
  } catch (error) {
    // The logs explain a failure that is reported anyway.
    if (error instanceof WorldError) return [];
    throw error;
  }
}

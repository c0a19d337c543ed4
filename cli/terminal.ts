import { writeSync } from 'node:fs';

/** Where a command writes: data to standard output, everything said about it to standard error. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether standard error shows colours: a terminal, and NO_COLOR is not set. Asking opens it. */
  readonly colour: () => boolean;
}

export function terminal(): Terminal {
  return {
    out: output(),
    err: (text) => process.stderr.write(text),
    colour: () => process.stderr.isTTY === true && (process.env.NO_COLOR ?? '') === '',
  };
}

/**
 * Standard output without its stream, which costs more to set up than all that a command prints. Where the system takes
 * no more at once (a pipe that does not block, one that was closed), the stream takes over for good.
 */
function output(): (text: string) => void {
  let streamed = false;
  return (text) => {
    let rest: Uint8Array = Buffer.from(text);
    try {
      while (!streamed && rest.length > 0) rest = rest.subarray(writeSync(1, rest));
    } catch {
      streamed = true;
    }
    if (rest.length > 0) process.stdout.write(rest);
  };
}

import { writeSync } from 'node:fs';

/** Where a command writes: data to standard output, everything said about it to standard error. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether standard error shows colours. Asking opens it. */
  readonly colour: () => boolean;
  /** Columns of standard error; undefined when it is no terminal. */
  readonly width: () => number | undefined;
}

export type ColourChoice = 'auto' | 'always' | 'never';

/** `colour`: what `--color` says; by itself (`auto`) a terminal has colours and nothing else. */
export function terminal(colour: ColourChoice = 'auto'): Terminal {
  return {
    out: output(),
    err: (text) => process.stderr.write(text),
    colour: () => (colour === 'auto' ? wantsColour(process.env, process.stderr.isTTY === true) : colour === 'always'),
    width: () => (process.stderr.isTTY === true ? process.stderr.columns : undefined),
  };
}

/** NO_COLOR (https://no-color.org) wins over FORCE_COLOR, and both over what the terminal is. */
export function wantsColour(
  { NO_COLOR = '', FORCE_COLOR = '', TERM }: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (NO_COLOR !== '') return false;
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal && TERM !== 'dumb';
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

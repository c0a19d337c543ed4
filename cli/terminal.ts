/** Where a command writes: data to standard output, everything said about it to standard error. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether standard error shows colours: a terminal, and NO_COLOR is not set. Asking opens it. */
  readonly colour: () => boolean;
}

export function terminal(): Terminal {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    colour: () => process.stderr.isTTY === true && (process.env.NO_COLOR ?? '') === '',
  };
}

import type { Options } from './commands.ts';
import { UsageError } from './usage-error.ts';

/** `text` or `json` of `--format`; throws `UsageError` for anything else. */
export function outputFormat(options: Options): 'text' | 'json' {
  const given = options.format ?? 'text';
  if (given === 'json' || given === 'text') return given;
  throw new UsageError(`--format ${given} is not known; choose text or json`);
}

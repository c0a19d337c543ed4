import { bounds } from './codes/bounds.ts';
import { checks } from './codes/checks.ts';
import { doubts } from './codes/doubts.ts';
import { forge } from './codes/forge.ts';
import { kubernetes } from './codes/kubernetes.ts';
import { live } from './codes/live.ts';
import { patches } from './codes/patches.ts';
import { placement } from './codes/placement.ts';
import { precautions } from './codes/precautions.ts';
import { references } from './codes/references.ts';
import { secrets } from './codes/secrets.ts';
import { shape } from './codes/shape.ts';
import { syntax } from './codes/syntax.ts';
import { targets } from './codes/targets.ts';
import { upkeep } from './codes/upkeep.ts';

/** One code of a diagnostic: what `autogit explain AGnnn` and its page in docs/errors/ say. */
export interface Code {
  /** One line, lower case, without a full stop. */
  readonly title: string;
  /** One or two sentences: why it is a mistake. */
  readonly why: string;
  /**
   * A whole file that gives this code, and one that does not. `\u{…}` escapes of the source stand for what cannot be
   * printed. Absent only where no text can show it.
   */
  readonly wrong?: string;
  readonly right?: string;
  /** Said of one target only; absent means of both, or of the file as such. */
  readonly target?: 'compose' | 'kubernetes';
  /** A reason with which it can be accepted, for warnings; limits of a target can all be accepted. */
  readonly accept?: string;
  /** What stands in place of the examples where no text can show it. */
  readonly note?: string;
}

/**
 * Every code. 1xx: the text · 2xx: keys and values · 3xx: references · 4xx: checks · 5xx: limits of a target ·
 * 6xx: what is only known where it runs.
 * To add one, add an entry to its file in `codes/`, use it, and run `npm run generate`.
 */
export const codes: Readonly<Record<string, Code>> = {
  ...syntax,
  ...shape,
  ...references,
  ...checks,
  ...precautions,
  ...doubts,
  ...placement,
  ...bounds,
  ...secrets,
  ...targets,
  ...patches,
  ...kubernetes,
  ...live,
  ...upkeep,
  ...forge,
};

/** What to add to a file that accepts the code: for warnings and limits of a target. Undefined for all that must be mended. */
export function acceptance(code: string, { accept }: Code): string | undefined {
  if (accept === undefined && !code.startsWith('AG5')) return undefined;
  return `accept:\n  ${code}: ${accept ?? 'why this is fine here'}\n`;
}

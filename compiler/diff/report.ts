import type { Pointer } from '../../schema/diagnostic.ts';
import type { Platform } from '../model/platform.ts';

/** One state of a platform: what the file means, and what is rendered of it. */
export interface Side {
  /** Absent when only rendered files are known. */
  readonly platform?: Platform;
  /** Path → text of every rendered file. */
  readonly files: ReadonlyMap<string, string>;
  /** For Kubernetes: what keeps each workload from the strictest Pod Security level, `runs as root`. */
  readonly exceptions?: Readonly<Record<string, readonly string[]>>;
}

/** What a reviewer should look at, the worst first. */
export const risks = ['refused', 'data', 'by-hand', 'exposed', 'less-secure', 'downtime', 'opened', 'restart'] as const;

export type Risk = (typeof risks)[number];

/** How long nothing answers while something is replaced. A rule says it, never a measurement; see `gap.ts`. */
export interface Gap {
  readonly aboutMs: number;
  /** Absent when there is no health check, so that nobody can tell when it is ready. */
  readonly upToMs?: number;
}

/** One thing that is different, and what follows from it. */
export interface Change {
  readonly kind: 'platform' | 'service' | 'volume' | 'port' | 'route' | 'link' | 'secret' | 'pool' | 'host';
  readonly id: string;
  readonly what: 'added' | 'removed' | 'changed';
  /** What is different: `image 11.0.1 → 11.0.3`. */
  readonly details: readonly string[];
  /** What follows: `container is replaced, about 20 s without service`. */
  readonly effects: readonly string[];
  /** What a person has to do before it can be applied. */
  readonly steps: readonly string[];
  /** Worst first. */
  readonly risks: readonly Risk[];
  readonly gap?: Gap;
  /** Into the platform file of the side that has it: the new one, for what was removed the old one. */
  readonly pointer: Pointer;
}

/** A rendered file that is not the same on both sides. */
export interface FileChange {
  readonly path: string;
  readonly what: 'added' | 'removed' | 'changed';
  readonly before: string;
  readonly after: string;
}

export interface Difference {
  /** Sorted: the worst risk first, then by kind and id. */
  readonly changes: readonly Change[];
  /** Sorted by path. */
  readonly files: readonly FileChange[];
}

type Draft = Pick<Change, 'kind' | 'id' | 'what' | 'pointer'> & Partial<Change>;

/** A change with empty lists where nothing was said; risks each once, the worst first. */
export function change({ gap, ...draft }: Draft): Change {
  const { details = [], effects = [], steps = [] } = draft;
  const sorted = risks.filter((risk) => draft.risks?.includes(risk));
  return { ...draft, details, effects, steps, risks: sorted, ...(gap === undefined ? {} : { gap }) };
}

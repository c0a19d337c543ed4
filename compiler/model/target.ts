/** What a target of the compiler is: it renders a platform into files for review and for engines. */
import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { ComposeProject } from './compose-project.ts';
import type { Platform } from './platform.ts';

/** One rendered file. `path` is relative to the output folder, with `/`. */
export interface Manifest {
  /** Stable identity for diffs: `compose/local/compose.yaml`, `Deployment/home/home-forge`. */
  readonly id: string;
  readonly kind: string;
  readonly path: string;
  readonly text: string;
  readonly origin: Pointer;
}

export interface Rendered {
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
  /** Compose only: what the files say, as values; the reconciler applies exactly these. One per host. */
  readonly projects?: readonly ComposeProject[];
  /** Codes of limits that were left out of the findings because the file accepts them. Absent means none. */
  readonly accepted?: readonly string[];
}

export interface Target {
  readonly name: 'compose' | 'kubernetes';
  /** Pure apart from loading its own modules lazily. */
  render(platform: Platform): Promise<Rendered>;
}

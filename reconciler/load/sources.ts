import type { Forge } from '../../compiler/model/platform.ts';
import type { LoadSource, RunnerService } from '../ports/forge.ts';
import { createForgejo } from './forgejo.ts';
import { createGitea, type GiteaOptions } from './gitea.ts';

/** A forge as the reconciler uses it: where the load is read, and where runners are registered, in the same scope. */
export interface Load {
  readonly load: LoadSource;
  readonly runners: RunnerService;
}

export type LoadOptions = GiteaOptions;

/** Every forge that can be a source of jobs, one line each. */
export const LOAD_SOURCES: Readonly<Record<Forge['kind'], (options: LoadOptions) => Load>> = {
  forgejo: createForgejo,
  gitea: createGitea,
};

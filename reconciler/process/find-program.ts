import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { fail, ok, type Result } from '../model/result.ts';
import type { RunnerCredential } from '../ports/engine.ts';

type Program = RunnerCredential['program'];

/** Names under which a runner program is installed; Gitea's was called `act_runner` before version 1. */
const NAMES: Readonly<Record<Program, readonly string[]>> = {
  'gitea-runner': ['gitea-runner', 'act_runner'],
  'forgejo-runner': ['forgejo-runner'],
};

export interface ProgramPlaces {
  /** Absolute paths from the host's policy file; the repository cannot set them. */
  readonly programs: Readonly<Record<string, string>>;
  /** Search path, as in `PATH`. */
  readonly path: string;
}

/** Absolute path of a runner program: as configured, else the first on the search path. */
export function findProgram(program: Program, host: string, places: ProgramPlaces): Result<string> {
  const configured = places.programs[program];
  if (configured !== undefined) {
    if (isAbsolute(configured) && isProgram(configured)) return ok(configured);
    return fail(
      'not-found',
      `programs.${program} of host ${host} is ${configured}, which is no program there: correct it in the policy file`,
    );
  }
  for (const folder of places.path.split(delimiter).filter(isAbsolute)) {
    const found = NAMES[program].map((name) => join(folder, name)).find(isProgram);
    if (found !== undefined) return ok(found);
  }
  return fail(
    'not-found',
    `host ${host} has no ${NAMES[program].join(' or ')}: install it, or name its path as programs.${program} in the policy file`,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

import type { Unit } from '../model/desired.ts';
import type { Scope } from '../ports/engine.ts';

/** Our labels. They never change after an object is made: the engine has no call for it. */
export const LABEL = {
  platform: 'autogit.dev/platform',
  deployment: 'autogit.dev/deployment',
  unit: 'autogit.dev/unit',
  digest: 'autogit.dev/digest',
  pool: 'autogit.dev/pool',
  runner: 'autogit.dev/runner',
  /** Registration of a runner at the forge. */
  forgeId: 'autogit.dev/forge-id',
  /** Volume that a short-lived filler container writes. */
  filler: 'autogit.dev/filler',
  /** Which optional fields the file gave; see `given.ts`. */
  given: 'autogit.dev/given',
} as const;

export type Labels = Readonly<Record<string, string>>;

export function unitLabels(unit: Unit, scope: Scope): Labels {
  return {
    [LABEL.platform]: scope.platform,
    [LABEL.deployment]: scope.deployment,
    [LABEL.unit]: unit.id,
    [LABEL.digest]: unit.digest,
  };
}

/**
 * Labels that make `docker compose ls` and `ps` show our objects (Docker Compose v2–v5, `pkg/api/labels.go`).
 * They are written for people and never read back: Compose's own hash is not specified and is not imitated.
 */
export function composeLabels(unit: Unit, scope: Scope): Labels {
  const project = {
    'com.docker.compose.project': scope.platform,
    'com.docker.compose.config-hash': unit.digest,
    'com.docker.compose.version': 'autogit',
  };
  switch (unit.kind) {
    case 'network':
      return { ...project, 'com.docker.compose.network': unit.key };
    case 'volume':
    case 'files':
      return { ...project, 'com.docker.compose.volume': unit.key };
    case 'container':
      return {
        ...project,
        'com.docker.compose.service': unit.service,
        'com.docker.compose.container-number': '1',
        'com.docker.compose.oneoff': 'False',
        'com.docker.compose.project.working_dir': `/autogit/${scope.platform}`,
        'com.docker.compose.project.config_files': `/autogit/${scope.platform}/compose/${unit.host}/compose.yaml`,
      };
  }
}

/** An object is ours when platform and deployment agree; labels of an image never count, so both are set at create. */
export function isOurs(labels: Labels | null | undefined, scope: Scope): boolean {
  return labels?.[LABEL.platform] === scope.platform && labels[LABEL.deployment] === scope.deployment;
}

/** Whose an object is, for a message: `compose project shop`, `platform home of another AutoGit`. */
export function ownerOf(labels: Labels | null | undefined): string {
  if (labels?.[LABEL.platform] !== undefined)
    return `platform ${labels[LABEL.platform]} of another AutoGit (deployment ${labels[LABEL.deployment] ?? 'unknown'})`;
  const project = labels?.['com.docker.compose.project'];
  return project === undefined ? 'something AutoGit did not make' : `compose project ${project}`;
}

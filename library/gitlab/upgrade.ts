import type { Upgrade } from '../../compiler/model/component.ts';
import { parseImage } from '../../compiler/model/image-reference.ts';
import { compareVersions, imageVersion } from '../../compiler/model/image-version.ts';
import { oldest } from './versions.ts';

type Version = readonly number[];

/** Versions that no upgrade may pass by, of majors that have others than the rule (https://docs.gitlab.com/update/upgrade_paths/). */
const ownStops: Readonly<Record<number, readonly Version[]>> = {
  17: [
    [17, 3, 7],
    [17, 5, 5],
    [17, 8, 7],
    [17, 11, 7],
  ],
};
/** Minor versions that are stops in every major since 18. */
const minors: readonly number[] = [2, 5, 8, 11];

/**
 * GitLab changes its database at the first start of a newer version, and goes on in the background for hours. It does so
 * from stop to stop alone: a version that is past one refuses to start on data that is older than that stop.
 */
export function gitlabUpgrade(from: string, to: string): Upgrade {
  if (editionOf(from) === 'ee' && editionOf(to) === 'ce')
    return refused('the Community Edition does not read the data of the Enterprise Edition', [
      'follow https://docs.gitlab.com/downgrade_ee_to_ce/ on the running forge first, then change the image',
    ]);
  const [old, now] = [imageVersion(from), imageVersion(to)];
  if (old === undefined || now === undefined || now.length < 2 || old.length < 2)
    return {
      kind: 'warning',
      reason: 'a tag does not say major and minor version, and GitLab must pass through every required stop',
    };
  const step = compareVersions(old, now);
  if (step > 0)
    return refused(`GitLab ${text(now)} does not start on the database of ${text(old)}`, [
      `restore the backup that was made with ${text(now)} into an empty forge, or stay with ${text(old)}`,
    ]);
  if (compareVersions(old, oldest) < 0)
    return refused(`the way from GitLab ${text(old)} is longer than AutoGit knows`, [
      'go by https://docs.gitlab.com/update/upgrade_paths/ up to 17.3.7, one stop after the other, waiting at each',
    ]);
  if ((now[0] ?? 0) - (old[0] ?? 0) > 5)
    return refused(`the way from GitLab ${text(old)} to ${text(now)} is longer than AutoGit knows`, [
      'go by https://docs.gitlab.com/update/upgrade_paths/, one stop after the other, waiting at each',
    ]);
  const stops = stopsBetween(old, now);
  if (stops.length > 0) return overStops(old, now, stops);
  if (old[0] === now[0] && old[1] === now[1]) return { kind: 'fine' };
  return {
    kind: 'warning',
    reason: [
      `from ${text(old)} to ${text(now)} the database is changed at the first start and cannot go back: back it up before`,
      ...databaseStep(old, now),
    ].join(', and '),
  };
}

function overStops(old: Version, now: Version, stops: readonly Version[]): Upgrade {
  const hops = [...stops, now];
  return refused(
    `GitLab ${text(now)} refuses to start on the data of ${text(old)}: ${text(stops[0] ?? now)} lies between`,
    [
      'back it up',
      ...hops.flatMap((hop, index) => [
        ...databaseStep(hops[index - 1] ?? old, hop),
        `go to ${text(hop)}, ${index < stops.length ? 'in its newest patch, ' : ''}and wait until it is healthy and its background migrations are done`,
      ]),
      'to see them: `gitlab-rake gitlab:background_migrations:status` in the container',
    ],
  );
}

/** GitLab 19 needs PostgreSQL 17; the one that GitLab brings is not upgraded by itself. */
function databaseStep(from: Version, to: Version): readonly string[] {
  if ((from[0] ?? 0) >= 19 || (to[0] ?? 0) < 19) return [];
  return [
    'bring its own PostgreSQL to 17: `gitlab-ctl pg-upgrade -V 17` in the container, with twice the space of the database free',
  ];
}

/** Stops above `old` and below `now`, lowest first. At a stop one may be with any patch. */
function stopsBetween(old: Version, now: Version): readonly Version[] {
  const majors = Array.from({ length: (now[0] ?? 0) - (old[0] ?? 0) + 1 }, (_, index) => (old[0] ?? 0) + index);
  return majors
    .flatMap((major) => ownStops[major] ?? minors.map((minor) => [major, minor]))
    .filter((stop) => compareVersions(stop.slice(0, 2), old) > 0 && compareVersions(stop.slice(0, 2), now) < 0);
}

/** `gitlab/gitlab-ee:18.11.0-ee.0` → `ee`; undefined for an image with another name. */
function editionOf(image: string): 'ce' | 'ee' | undefined {
  const edition = /(?:^|\/)gitlab-(ce|ee)$/.exec(parseImage(image)?.repository ?? '')?.[1];
  return edition as 'ce' | 'ee' | undefined;
}

function refused(reason: string, steps: readonly string[]): Upgrade {
  return { kind: 'refused', reason, steps };
}

function text(version: Version): string {
  return version.join('.');
}

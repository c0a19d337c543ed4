/** A consistent copy by GitLab's own program (https://docs.gitlab.com/administration/backup_restore/backup_gitlab/). */
import type { Dump } from '../../compiler/model/facts.ts';
import { waitImage } from '../../compiler/model/wait-image.ts';

/** In the container of the forge, and in that of the job that asks for a copy. */
export const backupsFolder = '/var/lib/autogit/backups';
export const scriptPaths = { backup: '/etc/autogit/backup.sh', restore: '/etc/autogit/restore.sh' } as const;
/** The job that asks; nobody in the container of the forge has this number. */
export const asker = 1000;

const own = '/var/opt/gitlab/backups';
/** GitLab puts the rest of the name behind it. */
const name = 'autogit';
const archive = `${own}/${name}_gitlab_backup.tar`;

export function backupsVolume(id: string): string {
  return `${id}-backups`;
}

/**
 * The archive has repositories, database, uploads, packages and images; keys and settings lie in the volume of settings,
 * which is saved as it is. A container of its own cannot make it, so it asks the one that runs.
 */
export function gitlabDump(id: string, origin: string): Dump {
  return {
    id: `${id}-data`,
    workload: id,
    origin,
    command: ['/bin/sh', scriptPaths.backup],
    restore: ['/bin/sh', scriptPaths.restore],
    covers: [`${id}-data`],
    apart: {
      image: waitImage,
      script: askScript(),
      user: { uid: asker, gid: asker },
      secrets: [],
      volumes: [{ volume: backupsVolume(id), path: backupsFolder }],
      load: { script: giveScript(), while: 'running', volumes: [] },
    },
  };
}

/** POSIX shell for BusyBox; the time limit of the job ends it when nobody answers. */
export function askScript(): string {
  return [
    ...begin,
    ': >"$to.save"',
    ...awaiting('saved', 'GitLab could not make its backup: the log of the forge says why'),
    'mv -f "$to.saved" "$1"',
  ].join('\n');
}

/** Gives the forge an archive to take in. */
export function giveScript(): string {
  return [
    ...begin,
    'cp "$1" "$to.part"',
    'mv -f "$to.part" "$to.load"',
    ...awaiting('loaded', 'GitLab could not take its backup in: the log of the forge says why'),
    'rm -f "$to.loaded"',
  ].join('\n');
}

/** What earlier runs left is of no use; each run has a number of its own, so that no late answer to another one is taken. */
const begin: readonly string[] = [`rm -f ${backupsFolder}/*`, `to=${backupsFolder}/$(date +%s)$$`];

function awaiting(end: string, failure: string): readonly string[] {
  return [
    `until [ -f "$to.${end}" ]; do`,
    `  [ ! -f "$to.failed" ] || { rm -f "$to.failed"; echo "${failure}" >&2; return 1; }`,
    '  sleep 2',
    'done',
  ];
}

/** POSIX shell, run as root in the container: writes the archive to its output, and everything else to the log. */
export function backupScript(): string {
  return [
    '# Makes one archive of what GitLab keeps, while it runs, and writes it to the output.',
    'set -eu',
    'exec 9>/run/autogit-backup.lock',
    'flock 9',
    `rm -f ${archive}`,
    // A copy of files first, because `tar` fails on one that changes meanwhile.
    `gitlab-backup create BACKUP=${name} STRATEGY=copy >&2`,
    `[ -s ${archive} ] || { echo "gitlab-backup made no ${archive}" >&2; exit 1; }`,
    `cat ${archive}`,
    `rm -f ${archive}`,
    '',
  ].join('\n');
}

/** The same version of GitLab that made the archive, with the settings and keys of then: the other volume comes first. */
export function restoreScript(): string {
  return [
    '# Reads an archive from its input and puts it in the place of what GitLab keeps.',
    'set -eu',
    'exec 9>/run/autogit-backup.lock',
    'flock 9',
    `mkdir -p ${own}`,
    `cat >${archive}.part`,
    `tar -tf ${archive}.part >/dev/null`,
    `mv -f ${archive}.part ${archive}`,
    `chown git:git ${archive}`,
    'gitlab-ctl stop puma',
    'gitlab-ctl stop sidekiq',
    `GITLAB_ASSUME_YES=1 gitlab-backup restore BACKUP=${name} force=yes`,
    'gitlab-ctl reconfigure',
    'gitlab-ctl restart',
    `rm -f ${archive}`,
    'echo "restored; once it is healthy: gitlab-rake gitlab:check SANITIZE=true"',
    '',
  ].join('\n');
}

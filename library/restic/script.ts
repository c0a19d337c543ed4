export interface BackupScript {
  /** As restic names it; a folder of the host is mounted at its place in the container. */
  readonly repository: string;
  readonly passwordFile: string;
  /** Variables, with the files that hold their values. */
  readonly credentials: readonly { readonly variable: string; readonly file: string }[];
  /** Which copies are of this platform. */
  readonly tag: string;
  /** Which of its hosts they are of: a container has another name each time. */
  readonly host: string;
  /** Folders that are copied. */
  readonly folders: readonly string[];
  /** Files that dumps of this host are written to, at about the time that this begins. */
  readonly dumps: readonly string[];
  /** How long it waits for them. */
  readonly waitSeconds: number;
  readonly keep: { readonly daily?: number; readonly weekly?: number; readonly monthly?: number };
  /** Where restic keeps what it knows of a repository far away; absent: it keeps nothing. */
  readonly cacheFolder?: string;
  /** Whether this host removes old copies, of all hosts. */
  readonly tidies: boolean;
}

/** A dump that was finished this long before counts as one of this run: no two jobs start at the same second. */
const slackSeconds = 600;

/**
 * POSIX shell for BusyBox and dash; no flag is newer than restic 0.14 (https://restic.readthedocs.io). Without an argument
 * it makes a copy; `init` makes the repository where there is none, `verify` reads a part of it back, and everything
 * else is handed to restic: `snapshots`, `restore latest --target /restore`.
 */
export function backupScript(options: BackupScript): string {
  const { repository, passwordFile, credentials, tag, host, cacheFolder } = options;
  return [
    '# Keeps copies of the volumes and dumps of this host in a restic repository.',
    'set -eu',
    'umask 077',
    'secret() { [ -s "$1" ] || { echo "$1 is empty or missing" >&2; return 1; }; cat "$1"; }',
    `export RESTIC_REPOSITORY=${quoted(repository)} RESTIC_PASSWORD_FILE=${passwordFile}`,
    // Without a place of its own, what restic remembers of a repository would fill the memory.
    cacheFolder === undefined
      ? 'restic() { command restic --no-cache "$@"; }'
      : `restic() { command restic --cache-dir ${cacheFolder} "$@"; }`,
    // In two steps, because `export` would hide that the file is missing.
    ...credentials.flatMap(({ variable, file }) => [`${variable}=$(secret ${file})`, `export ${variable}`]),
    ...savingOf(options),
    '[ $# -gt 0 ] || set -- save',
    'case $1 in',
    '  save) save ;;',
    '  init) restic cat config >/dev/null 2>&1 || restic init ;;',
    '  verify) restic unlock; restic check --read-data-subset=5% ;;',
    `  latest) restic snapshots --tag ${tag} --host ${host} --latest 1 ;;`,
    '  *) restic "$@" ;;',
    'esac',
    '',
  ].join('\n');
}

function savingOf(options: BackupScript): readonly string[] {
  const { tag, host, folders, dumps, waitSeconds, tidies } = options;
  const paths = [...folders, ...dumps];
  return [
    `fresh() { [ -s "$1" ] && [ "$(stat -c %Y "$1")" -ge $((begin - ${slackSeconds})) ]; }`,
    `await() { until fresh "$1"; do [ "$(date +%s)" -lt $((begin + ${waitSeconds})) ] || return 1; sleep 2; done; }`,
    'save() {',
    '  begin=$(date +%s) failed=0',
    '  set --',
    ...folders.map((folder) => `  set -- "$@" ${quoted(folder)}`),
    ...dumps.flatMap((dump) => [
      `  await ${quoted(dump)} || { echo "${dump} did not come in time; what is there is older" >&2; failed=1; }`,
      `  [ ! -s ${quoted(dump)} ] || set -- "$@" ${quoted(dump)}`,
    ]),
    // Of runs that were killed: a lock goes when it is half an hour old or its process is gone.
    '  restic unlock',
    ...(paths.length === 0
      ? []
      : [
          // 3: a copy was made, but some files could not be read.
          '  status=0',
          `  restic backup --host ${host} --tag ${tag} --exclude '/volumes/*/.autogit-*' "$@" || status=$?`,
          '  case $status in 0) ;; 3) failed=1 ;; *) exit $status ;; esac',
        ]),
    ...(tidies ? tidyingOf(options) : []),
    '  [ "$failed" = 0 ] || { echo "the copy is not complete" >&2; exit 1; }',
    '  echo "the copy is complete"',
    '}',
  ];
}

/** Another host may hold the repository just then. Copies of others in it have another tag and stay. */
function tidyingOf({ tag, keep }: BackupScript): readonly string[] {
  const kept = (['daily', 'weekly', 'monthly'] as const)
    .flatMap((period) => (keep[period] === undefined ? [] : [`--keep-${period} ${keep[period]}`]))
    .join(' ');
  return [
    '  tries=1',
    // A copy that somebody makes in a hurry must not take the place of the good one of the same day.
    `  until restic forget --tag ${tag} --group-by host --keep-within 1d ${kept} --prune; do`,
    '    [ "$tries" -lt 5 ] || { echo "old copies could not be removed" >&2; failed=1; break; }',
    '    tries=$((tries + 1)); sleep 60',
    '  done',
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

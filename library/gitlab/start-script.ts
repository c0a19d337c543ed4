export interface StartScript {
  /** Files that may not be empty. */
  readonly secretFiles: readonly string[];
  /** Certificates of authorities that are not public. */
  readonly authorityFile: string;
  /** Where requests for backups come from, and the scripts that answer them; absent means that nobody asks. */
  readonly backups?: {
    readonly folder: string;
    readonly backupPath: string;
    readonly restorePath: string;
    /** Who asks. */
    readonly user: number;
  };
}

/**
 * Where GitLab finds authorities that it trusts beside the public ones, one in each file; it refuses a file that is no
 * certificate (https://docs.gitlab.com/omnibus/settings/ssl/).
 */
const trusted = '/etc/gitlab/trusted-certs';

/**
 * POSIX shell: looks at the secrets, sets up trust, and hands over to the image's own start, which stays the first process.
 * Certificates are copied, because a file that is mounted into the volume would leave an empty one behind it.
 */
export function startScript({ secretFiles, authorityFile, backups }: StartScript): string {
  return [
    '# Checks secrets, trusts the authority of the platform, and starts GitLab.',
    'set -eu',
    `for file in ${secretFiles.join(' ')}; do`,
    '  [ -s "$file" ] || { echo "$file is empty or missing" >&2; exit 1; }',
    'done',
    `mkdir -p ${trusted}`,
    `rm -f ${trusted}/autogit-*.crt`,
    `if [ -s ${authorityFile} ]; then`,
    `  awk '/-BEGIN CERTIFICATE-/ { number++ } number { print >"${trusted}/autogit-" number ".crt" }' ${authorityFile}`,
    'fi',
    ...(backups === undefined ? [] : answering(backups)),
    '# The name of the start before GitLab 18.',
    'for program in /assets/init-container /assets/wrapper; do',
    '  [ ! -x "$program" ] || exec "$program"',
    'done',
    'echo "this image has no start that is known: use one of gitlab/gitlab-ce" >&2',
    'exit 1',
    '',
  ].join('\n');
}

/**
 * Beside GitLab, because its backup needs its running parts. A request is a file that bears a number: `1.save` asks for an
 * archive, which comes as `1.saved`; `1.load` is one that is to be taken in. Each is answered once, by `1.failed` if by
 * nothing else.
 */
function answering({ folder, backupPath, restorePath, user }: NonNullable<StartScript['backups']>): readonly string[] {
  return [
    'finish() {',
    `  chown ${user}:${user} "$1.part"`,
    '  mv -f "$1.part" "$1.$2"',
    '}',
    'answer() {',
    `  for request in ${folder}/*.save ${folder}/*.load; do`,
    '    [ -f "$request" ] || continue',
    '    number=$(basename "$request" | cut -d . -f 1)',
    '    case $number in *[!0-9]*) rm -f "$request"; continue ;; esac',
    `    to=${folder}/$number`,
    '    case $request in',
    `      *.save) rm -f "$request"; if /bin/sh ${backupPath} >"$to.part"; then finish "$to" saved; continue; fi ;;`,
    `      *.load) mv -f "$request" "$to.taken"; if /bin/sh ${restorePath} <"$to.taken"; then end=loaded; else end=failed; fi`,
    '        rm -f "$to.taken"; : >"$to.part"; finish "$to" "$end"; continue ;;',
    '    esac',
    '    : >"$to.part"',
    '    finish "$to" failed',
    '  done',
    '}',
    `chown ${user}:${user} ${folder}`,
    `chmod 700 ${folder}`,
    '(while true; do answer || true; sleep 5; done) &',
  ];
}

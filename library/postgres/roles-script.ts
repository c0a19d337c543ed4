/**
 * The program of the second container of the database: it gives every client its role and its database, and stays.
 *
 * A container of its own, because the image runs init scripts only on an empty volume, and because a client that is
 * added later then restarts this one and not the database. All is idempotent, so it may run at any time.
 */
export interface Client {
  readonly database: string;
  readonly user: string;
  /** Path of the file that holds the password. */
  readonly passwordFile: string;
  /** Extensions that only the superuser may add. */
  readonly extensions?: readonly string[];
}

export interface RolesScript {
  readonly hostname: string;
  readonly port: number;
  /** Path of the file that holds the password of the superuser. */
  readonly adminPasswordFile: string;
  readonly clients: readonly Client[];
  /** Who reads what the server says of itself; absent: nobody. */
  readonly watcher?: { readonly user: string; readonly passwordFile: string };
}

/**
 * POSIX shell for BusyBox and dash. Ready when `/tmp/ready` exists. It ends with 1, to be started anew, when a client is
 * missing later on, for example after a volume was restored.
 */
export function rolesScript({ hostname, port, adminPasswordFile, clients, watcher }: RolesScript): string {
  return [
    '# Gives each client of the database its role and its database. Safe to run again.',
    'set -eu',
    `export PGHOST=${hostname} PGPORT=${port} PGUSER=postgres PGDATABASE=postgres PGCONNECT_TIMEOUT=5`,
    `PGPASSWORD=$(cat ${adminPasswordFile})`,
    'export PGPASSWORD',
    'trap "exit 0" TERM INT',
    'rm -f /tmp/ready',
    'until pg_isready -q; do sleep 1; done',
    'client() {',
    '  [ -s "$3" ] || { echo "$3 is empty or missing" >&2; exit 1; }',
    '  psql -qX -v ON_ERROR_STOP=1 -v role="$1" -v base="$2" -v file="$3" <<\'SQL\' >/dev/null',
    "\\set password `cat :'file'`",
    '-- A statement that fails must not bring a password into the log of the server.',
    "set log_min_error_statement = 'panic';",
    "set password_encryption = 'scram-sha-256';",
    "select format('create role %I', :'role') where not exists (select from pg_roles where rolname = :'role') \\gexec",
    'alter role :"role" with login nosuperuser nocreatedb nocreaterole noreplication password :\'password\';',
    "select format('create database %I owner %I', :'base', :'role') where not exists (select from pg_database where datname = :'base') \\gexec",
    'revoke all on database :"base" from public;',
    'SQL',
    '}',
    'present() {',
    '  [ "$(psql -qXAt -v role="$1" -v base="$2" <<\'SQL\'',
    "select count(*) from pg_roles, pg_database where rolname = :'role' and datname = :'base';",
    'SQL',
    '  )" = 1 ]',
    '}',
    ...(watcher === undefined ? [] : watching(watcher)),
    ...(clients.some(({ extensions = [] }) => extensions.length > 0) ? extending : []),
    ...clients.flatMap(({ user, database, passwordFile, extensions = [] }) => [
      `client ${user} ${database} ${passwordFile}`,
      ...extensions.map((extension) => `extend ${database} ${extension}`),
    ]),
    `echo "${clients.length === 1 ? 'one client is' : `${clients.length} clients are`} ready"`,
    'touch /tmp/ready',
    'while true; do',
    '  sleep 30 & wait $!',
    '  pg_isready -q || continue',
    ...clients.map(
      ({ user, database }) => `  present ${user} ${database} || { echo "${user} is missing, starting again"; exit 1; }`,
    ),
    'done',
    '',
  ].join('\n');
}

/** A client may add what PostgreSQL trusts (https://www.postgresql.org/docs/17/extend-extensions.html), and nothing else. */
const extending: readonly string[] = [
  'extend() {',
  '  psql -qX -v ON_ERROR_STOP=1 -d "$1" -v name="$2" <<\'SQL\' >/dev/null',
  'set client_min_messages = warning;',
  'create extension if not exists :"name" with schema public;',
  'SQL',
  '}',
];

/** The role `pg_monitor` may read all statistics (https://www.postgresql.org/docs/17/predefined-roles.html). */
function watching({ user, passwordFile }: NonNullable<RolesScript['watcher']>): readonly string[] {
  return [
    `[ -s ${passwordFile} ] || { echo "${passwordFile} is empty or missing" >&2; exit 1; }`,
    `psql -qX -v ON_ERROR_STOP=1 -v role=${user} -v file=${passwordFile} <<'SQL' >/dev/null`,
    "\\set password `cat :'file'`",
    "set log_min_error_statement = 'panic';",
    "set password_encryption = 'scram-sha-256';",
    "select format('create role %I', :'role') where not exists (select from pg_roles where rolname = :'role') \\gexec",
    'alter role :"role" with login nosuperuser nocreatedb nocreaterole noreplication password :\'password\';',
    'grant pg_monitor to :"role";',
    'SQL',
  ];
}

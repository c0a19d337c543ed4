export interface LoadScript {
  readonly hostname: string;
  readonly port: number;
  /** Path of the file that holds the password of the superuser. */
  readonly adminPasswordFile: string;
}

/**
 * POSIX shell that takes the output of `pg_dumpall --clean --if-exists` in, from the file that `$1` names, into a server that
 * was just set up. The role that loads it is in the dump as well: it cannot be dropped, and would get the password of then,
 * which may be another one by now. The first statement that fails ends it.
 */
export function loadScript({ hostname, port, adminPasswordFile }: LoadScript): string {
  return [
    `tail -n 5 "$1" | grep -q 'cluster dump complete' || { echo "the dump was cut off" >&2; return 1; }`,
    `PGPASSWORD=$(cat ${adminPasswordFile})`,
    'export PGPASSWORD',
    '{',
    `  sed '1,/^\\\\connect /{/^DROP ROLE IF EXISTS postgres;$/d;/^CREATE ROLE postgres;$/d;}' "$1"`,
    `  printf '%s\\n' '\\connect postgres' '\\set password \`cat ${adminPasswordFile}\`'`,
    `  printf '%s\\n' "set log_min_error_statement = 'panic';" "set password_encryption = 'scram-sha-256';" "alter role postgres password :'password';"`,
    `} | psql -qX -h ${hostname} -p ${port} -U postgres -d postgres -v ON_ERROR_STOP=1 -v VERBOSITY=terse -o /dev/null -f -`,
  ].join('\n');
}

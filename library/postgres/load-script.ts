export interface LoadScript {
  readonly hostname: string;
  readonly port: number;
  /** Path of the file that holds the password of the superuser. */
  readonly adminPasswordFile: string;
}

/**
 * POSIX shell that takes the output of `pg_dumpall --clean --if-exists` in, from the file that `$1` names, into a server that
 * was just set up. What the dump says of the role that loads it is left out: that cannot be dropped, and its password of then
 * may be another one than that of now, with which each `\connect` signs in. The first statement that fails ends it.
 */
export function loadScript({ hostname, port, adminPasswordFile }: LoadScript): string {
  return [
    `tail -n 5 "$1" | grep -q 'cluster dump complete' || { echo "the dump was cut off" >&2; return 1; }`,
    `PGPASSWORD=$(cat ${adminPasswordFile})`,
    'export PGPASSWORD',
    `sed '1,/^\\\\connect /{/^DROP ROLE IF EXISTS postgres;$/d;/^CREATE ROLE postgres;$/d;/^ALTER ROLE postgres WITH /d;}' "$1" |`,
    `  psql -qX -h ${hostname} -p ${port} -U postgres -d postgres -v ON_ERROR_STOP=1 -v VERBOSITY=terse -o /dev/null -f -`,
  ].join('\n');
}

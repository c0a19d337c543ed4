# Takes a consistent copy of what a program keeps, while it runs.
set -eu
umask 077
take() {
  PGPASSWORD=$(cat /run/secrets/database-admin-password)
  export PGPASSWORD
  pg_dumpall -h home-database -p 5432 -U postgres --clean --if-exists -f "$1"
}
load() {
  tail -n 5 "$1" | grep -q 'cluster dump complete' || { echo "the dump was cut off" >&2; return 1; }
  PGPASSWORD=$(cat /run/secrets/database-admin-password)
  export PGPASSWORD
  sed '1,/^\\connect /{/^DROP ROLE IF EXISTS postgres;$/d;/^CREATE ROLE postgres;$/d;/^ALTER ROLE postgres WITH /d;}' "$1" |
    psql -qX -h home-database -p 5432 -U postgres -d postgres -v ON_ERROR_STOP=1 -v VERBOSITY=terse -o /dev/null -f -
}
if [ $# -eq 2 ] && [ "$1" = load ]; then
  [ -s "$2" ] || { echo "the dump is empty" >&2; exit 1; }
  load "$2"
  echo "database-data is taken back in"
  exit 0
fi
rm -f /dumps/database-data.part
take /dumps/database-data.part
[ -s /dumps/database-data.part ] || { echo "the dump is empty" >&2; exit 1; }
sync
mv -f /dumps/database-data.part /dumps/database-data
echo "database-data is there"

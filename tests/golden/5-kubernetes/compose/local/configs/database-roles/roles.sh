# Gives each client of the database its role and its database. Safe to run again.
set -eu
export PGHOST=cloud-database PGPORT=5432 PGUSER=postgres PGDATABASE=postgres PGCONNECT_TIMEOUT=5
PGPASSWORD=$(cat /run/secrets/database-admin-password)
export PGPASSWORD
trap "exit 0" TERM INT
rm -f /tmp/ready
until pg_isready -q; do sleep 1; done
client() {
  [ -s "$3" ] || { echo "$3 is empty or missing" >&2; exit 1; }
  psql -qX -v ON_ERROR_STOP=1 -v role="$1" -v base="$2" -v file="$3" <<'SQL' >/dev/null
\set password `cat :'file'`
-- A statement that fails must not bring a password into the log of the server.
set log_min_error_statement = 'panic';
set password_encryption = 'scram-sha-256';
select format('create role %I', :'role') where not exists (select from pg_roles where rolname = :'role') \gexec
alter role :"role" with login nosuperuser nocreatedb nocreaterole noreplication password :'password';
select format('create database %I owner %I', :'base', :'role') where not exists (select from pg_database where datname = :'base') \gexec
revoke all on database :"base" from public;
SQL
}
present() {
  [ "$(psql -qXAt -v role="$1" -v base="$2" <<'SQL'
select count(*) from pg_roles, pg_database where rolname = :'role' and datname = :'base';
SQL
  )" = 1 ]
}
client forge forge /run/secrets/forge-database-password
client wiki wiki /run/secrets/wiki-database-password
echo "2 clients are ready"
touch /tmp/ready
while true; do
  sleep 30 & wait $!
  pg_isready -q || continue
  present forge forge || { echo "forge is missing, starting again"; exit 1; }
  present wiki wiki || { echo "wiki is missing, starting again"; exit 1; }
done

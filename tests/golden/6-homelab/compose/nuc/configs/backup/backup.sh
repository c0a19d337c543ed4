# Keeps copies of the volumes and dumps of this host in a restic repository.
set -eu
umask 077
secret() { [ -s "$1" ] || { echo "$1 is empty or missing" >&2; return 1; }; cat "$1"; }
export RESTIC_REPOSITORY='s3:https://s3.example.net/home-backup' RESTIC_PASSWORD_FILE=/run/secrets/backup-key
restic() { command restic --cache-dir /cache "$@"; }
AWS_ACCESS_KEY_ID=$(secret /run/secrets/backup-id)
export AWS_ACCESS_KEY_ID
AWS_SECRET_ACCESS_KEY=$(secret /run/secrets/backup-secret)
export AWS_SECRET_ACCESS_KEY
fresh() { [ -s "$1" ] && [ "$(stat -c %Y "$1")" -ge $((begin - 600)) ]; }
await() { until fresh "$1"; do [ "$(date +%s)" -lt $((begin + 1800)) ] || return 1; sleep 2; done; }
save() {
  begin=$(date +%s) failed=0
  set --
  set -- "$@" '/volumes/board-files'
  set -- "$@" '/volumes/certificates-account'
  set -- "$@" '/volumes/forge-data'
  set -- "$@" '/volumes/links-data'
  set -- "$@" '/volumes/monitoring-dashboards-data'
  set -- "$@" '/volumes/passwords-data'
  set -- "$@" '/volumes/registry-data'
  set -- "$@" '/volumes/sso-data'
  await '/dumps/cache-data/cache-data' || { echo "/dumps/cache-data/cache-data did not come in time; what is there is older" >&2; failed=1; }
  [ ! -s '/dumps/cache-data/cache-data' ] || set -- "$@" '/dumps/cache-data/cache-data'
  await '/dumps/database-data/database-data' || { echo "/dumps/database-data/database-data did not come in time; what is there is older" >&2; failed=1; }
  [ ! -s '/dumps/database-data/database-data' ] || set -- "$@" '/dumps/database-data/database-data'
  await '/dumps/monitoring-dashboards/monitoring-dashboards' || { echo "/dumps/monitoring-dashboards/monitoring-dashboards did not come in time; what is there is older" >&2; failed=1; }
  [ ! -s '/dumps/monitoring-dashboards/monitoring-dashboards' ] || set -- "$@" '/dumps/monitoring-dashboards/monitoring-dashboards'
  restic unlock
  status=0
  restic backup --host home-nuc --tag autogit-home --exclude '/volumes/*/.autogit-*' "$@" || status=$?
  case $status in 0) ;; 3) failed=1 ;; *) exit $status ;; esac
  tries=1
  until restic forget --tag autogit-home --group-by host --keep-within 1d --keep-daily 7 --keep-weekly 4 --keep-monthly 6 --prune; do
    [ "$tries" -lt 5 ] || { echo "old copies could not be removed" >&2; failed=1; break; }
    tries=$((tries + 1)); sleep 60
  done
  [ "$failed" = 0 ] || { echo "the copy is not complete" >&2; exit 1; }
  echo "the copy is complete"
}
[ $# -gt 0 ] || set -- save
case $1 in
  save) save ;;
  init) restic cat config >/dev/null 2>&1 || restic init ;;
  verify) restic unlock; restic check --read-data-subset=5% ;;
  latest) restic snapshots --tag autogit-home --host home-nuc --latest 1 ;;
  *) restic "$@" ;;
esac

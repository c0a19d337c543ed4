# Takes a consistent copy of what a program keeps, while it runs.
set -eu
umask 077
take() {
  export REDISCLI_AUTH="$(cat /run/secrets/cache-admin-password)"; export VALKEYCLI_AUTH="$REDISCLI_AUTH"
  valkey-cli -h home-cache -p 6379 --user admin --rdb "$1"
}
load() {
  cp "$1" /data/restore.rdb.part
  mv -f /data/restore.rdb.part /data/restore.rdb
}
if [ $# -eq 2 ] && [ "$1" = load ]; then
  [ -s "$2" ] || { echo "the dump is empty" >&2; exit 1; }
  load "$2"
  echo "cache-data is taken back in"
  exit 0
fi
rm -f /dumps/cache-data.part
take /dumps/cache-data.part
[ -s /dumps/cache-data.part ] || { echo "the dump is empty" >&2; exit 1; }
sync
mv -f /dumps/cache-data.part /dumps/cache-data
echo "cache-data is there"

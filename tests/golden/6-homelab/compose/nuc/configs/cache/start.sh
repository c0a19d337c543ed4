# Makes the users from the mounted secrets, and starts the server.
set -eu
umask 077
hash_of() {
  [ -s "$1" ] || { echo "$1 is empty or missing" >&2; return 1; }
  printf %s "$(cat "$1")" | sha256sum | cut -c 1-64
}
admin=$(hash_of /run/secrets/cache-admin-password)
clients=
hash=$(hash_of /run/secrets/board-cache-password); clients="$clients #$hash"
hash=$(hash_of /run/secrets/sso-cache-password); clients="$clients #$hash"
cat > /tmp/users.acl <<ACL
user default on$clients ~* &* +@all -@admin -flushall -swapdb
user admin on #$admin ~* &* +@all
user probe on nopass +ping
user metrics on nopass +ping +info
ACL
if [ -s /data/restore.rdb ]; then
  echo 'taking in restore.rdb'
  rm -rf /data/appendonlydir
  cp /data/restore.rdb /data/dump.rdb
  valkey-server /etc/autogit/cache.conf --port 0 --unixsocket /tmp/restore.sock --aclfile '' --appendonly no &
  server=$!
  ask() { valkey-cli -e -s /tmp/restore.sock "$@"; }
  until ask ping >/dev/null 2>&1; do kill -0 $server; sleep 1; done
  ask config set appendonly yes >/dev/null
  until ask info persistence | grep -q "aof_rewrite_in_progress:0" && ask info persistence | grep -q "aof_rewrite_scheduled:0"; do sleep 1; done
  ask info persistence | grep -q "aof_last_bgrewrite_status:ok"
  ask shutdown nosave || true
  wait $server || true
  rm /data/restore.rdb /data/dump.rdb
fi
exec valkey-server /etc/autogit/cache.conf

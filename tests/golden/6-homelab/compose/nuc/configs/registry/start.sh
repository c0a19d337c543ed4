# Reads the secrets and serves; removes unused layers at its times, read-only meanwhile.
set -eu
secret() { [ -s "$1" ] || { echo "$1 is empty or missing" >&2; return 1; }; cat "$1"; }
REGISTRY_HTTP_SECRET=$(secret /run/secrets/registry-http-secret)
export REGISTRY_HTTP_SECRET
serve() { registry serve "$1" & server=$!; }
halt() { kill -TERM "$server" 2>/dev/null || true; wait "$server" || true; }
collect() {
  echo 'removing unused layers; read-only meanwhile'
  halt; serve /etc/autogit/read-only.yml
  registry garbage-collect /etc/autogit/config.yml || echo 'unused layers could not be removed' >&2
  halt; serve /etc/autogit/config.yml
}
due=''
trap "halt; exit 0" TERM INT
trap "due=now" USR1
serve /etc/autogit/config.yml
after() { next=$(( ($(date -u +%s) - 273600) / 604800 * 604800 + 604800 + 273600 )); }
after
while true; do
  sleep 5 & wait $! || true
  kill -0 "$server" 2>/dev/null || { wait "$server"; exit 1; }
  [ "$(date -u +%s)" -lt "$next" ] || { due=now; after; }
  [ -z "$due" ] || { due=''; collect; }
done

# Starts the forge and sets up its sign-on.
set -u
forge() { forgejo --config "$GITEA_APP_INI" "$@"; }
known() { forge admin auth list 2>/dev/null | awk '$2 == "sso" { print $1 }'; }
sign_on() {
  id=$(known)
  if [ -n "$id" ]; then set -- update-oauth --id "$id"; else set -- add-oauth; fi
  forge admin auth "$@" --name sso --provider openidConnect \
    --key 'forge' --secret "$(cat /run/secrets/forge-sso-secret)" \
    --auto-discover-url 'https://auth.home.example.net/.well-known/openid-configuration' \
    --scopes email --scopes profile --scopes groups --group-claim-name groups --admin-group admins
}
if [ -x /usr/local/bin/docker-setup.sh ]; then /usr/local/bin/docker-setup.sh || exit 1; fi
if [ -z "$(known)" ] || ! sign_on; then
  (
    until curl -fsS -o /dev/null http://127.0.0.1:3000/api/healthz 2>/dev/null; do sleep 2; done
    until sign_on; do echo 'sign-on is not set up yet: https://auth.home.example.net does not answer; trying again' >&2; sleep 15; done
    echo 'sign-on is set up'
  ) &
fi
exec /usr/local/bin/docker-entrypoint.sh

# Makes hashes of passwords and secrets, and the key of OpenID Connect, and serves.
set -eu
umask 077
secret() { [ -s "$1" ] || { echo "$1 is empty or missing" >&2; return 1; }; cat "$1"; }
digest() { authelia crypto hash generate "$@" | sed -n 's/^Digest: //p' | grep '^[$]'; }

# kept USER: its hash in the file of the last start.
kept() {
  [ -s /config/users.yml ] || return 1
  awk -v user="$1" '
    /^users:/ { inside = 1; next }
    !inside || !/^ +[^ ]/ { next }
    { match($0, /^ +/); indent = RLENGTH; if (!level) level = indent }
    indent == level { name = $1; gsub(/[":\047]/, "", name) }
    indent > level && name == user && $1 == "password:" { gsub(/["\047]/, "", $2); print $2; exit }
  ' /config/users.yml | grep '^[$]'
}

cp /etc/autogit/users.yml /tmp/users.yml
chmod 600 /tmp/users.yml
user() {
  hash=$(kept "$1") || { password=$(secret "$2"); hash=$(digest argon2 --password "$password"); }
  sed "s|@$1@|$hash|" /tmp/users.yml >/tmp/users.next
  mv /tmp/users.next /tmp/users.yml
}
user ana /run/secrets/sso-ana-password
user ben /run/secrets/sso-ben-password
cp /tmp/users.yml /config/users.yml.new
mv /config/users.yml.new /config/users.yml

if [ ! -s /config/oidc.pem ]; then
  mkdir -p /tmp/pair
  authelia crypto pair rsa generate --bits 3072 --directory /tmp/pair >/dev/null
  cp /tmp/pair/private.pem /config/oidc.pem.new
  mv /config/oidc.pem.new /config/oidc.pem
fi
awk '{ printf "%s\\n", $0 }' /config/oidc.pem >/tmp/oidc.key
client() { plain=$(secret "$2"); digest pbkdf2 --variant sha512 --password "$plain" >"$1"; }
client /tmp/forge.hash /run/secrets/forge-sso-secret
client /tmp/monitoring.hash /run/secrets/monitoring-sso-secret
exec authelia --config /etc/autogit/configuration.yml

import { dataFolder, hashPath, keyPath, usersPath } from './config.ts';

export interface StartScript {
  readonly configPath: string;
  /** Absent where a directory has them. */
  readonly users?: {
    /** Path of those of the file, with places for their hashes. */
    readonly template: string;
    readonly all: readonly { readonly id: string; readonly passwordFile: string }[];
  };
  readonly clients: readonly { readonly id: string; readonly secretFile: string }[];
}

/**
 * POSIX shell for BusyBox and dash. Authelia wants hashes where AutoGit has secrets, and a key of RSA where it has random
 * text, so both are made at the start. A user keeps a password that was changed in the portal: the hash of an older file
 * goes before the one of the secret.
 */
export function startScript({ configPath, users, clients }: StartScript): string {
  return `# Makes hashes of passwords and secrets, and the key of OpenID Connect, and serves.
set -eu
umask 077
secret() { [ -s "$1" ] || { echo "$1 is empty or missing" >&2; return 1; }; cat "$1"; }
digest() { authelia crypto hash generate "$@" | sed -n 's/^Digest: //p' | grep '^[$]'; }
${users === undefined ? '' : userLines(users)}${clients.length === 0 ? '' : clientLines(clients)}exec authelia --config ${configPath}
`;
}

function clientLines(clients: StartScript['clients']): string {
  const key = `${dataFolder}/oidc.pem`;
  return `
if [ ! -s ${key} ]; then
  mkdir -p /tmp/pair
  authelia crypto pair rsa generate --bits 3072 --directory /tmp/pair >/dev/null
  cp /tmp/pair/private.pem ${key}.new
  mv ${key}.new ${key}
fi
awk '{ printf "%s\\\\n", $0 }' ${key} >${keyPath}
client() { plain=$(secret "$2"); digest pbkdf2 --variant sha512 --password "$plain" >"$1"; }
${clients.map(({ id, secretFile }) => `client ${hashPath(id)} ${secretFile}`).join('\n')}
`;
}

function userLines({ template, all }: NonNullable<StartScript['users']>): string {
  return `
# kept USER: its hash in the file of the last start.
kept() {
  [ -s ${usersPath} ] || return 1
  awk -v user="$1" '
    /^users:/ { inside = 1; next }
    !inside || !/^ +[^ ]/ { next }
    { match($0, /^ +/); indent = RLENGTH; if (!level) level = indent }
    indent == level { name = $1; gsub(/[":\\047]/, "", name) }
    indent > level && name == user && $1 == "password:" { gsub(/["\\047]/, "", $2); print $2; exit }
  ' ${usersPath} | grep '^[$]'
}

cp ${template} /tmp/users.yml
chmod 600 /tmp/users.yml
user() {
  hash=$(kept "$1") || { password=$(secret "$2"); hash=$(digest argon2 --password "$password"); }
  sed "s|@$1@|$hash|" /tmp/users.yml >/tmp/users.next
  mv /tmp/users.next /tmp/users.yml
}
${all.map(({ id, passwordFile }) => `user ${id} ${passwordFile}`).join('\n')}
cp /tmp/users.yml ${usersPath}.new
mv ${usersPath}.new ${usersPath}
`;
}

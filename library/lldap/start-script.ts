export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Of its first password. */
  readonly passwordFile: string;
  /** Whether the password is set at every start, for an account that no person uses. */
  readonly fixed: boolean;
  readonly groups: readonly string[];
}

export interface StartScript {
  readonly port: number;
  readonly admin: { readonly id: string; readonly passwordFile: string };
  readonly accounts: readonly Account[];
  /** There as soon as all accounts are. */
  readonly readyPath: string;
}

/** Groups that lldap has by itself (lldap's `docs/architecture.md`). */
export const ownGroups = ['lldap_admin', 'lldap_password_manager', 'lldap_strict_readonly'] as const;

/**
 * POSIX shell for BusyBox and dash. lldap reads no accounts from a file, so they are made through its own API as soon as it
 * answers, each time that it starts: what is not there yet. Nobody is removed, and a password of a person is set once.
 */
export function startScript({ port, admin, accounts, readyPath }: StartScript): string {
  const groups = [...new Set(accounts.flatMap((account) => account.groups))]
    .filter((group) => !ownGroups.some((own) => own === group))
    .sort();
  const steps = [
    ...groups.map((group) => `group ${group}`),
    ...accounts.map(
      (account) =>
        `account ${account.id} ${quoted(creation(account))} ${account.passwordFile}${account.fixed ? ' fixed' : ''}`,
    ),
    ...accounts.flatMap(({ id, groups: of }) => of.map((group) => `member ${id} ${group}`)),
  ];
  return `# Serves, and makes the accounts that the platform file names.
set -u
umask 077
url=http://127.0.0.1:${port}
token=none
rm -f ${readyPath}
post() {
  wget -q -O - --header "Authorization: Bearer $token" --header 'Content-Type: application/json' --post-data "$2" "$url$1"
}
ask() { post /api/graphql "$1"; }
change() {
  said=$(ask "$1") || { echo "the directory does not take: $1" >&2; return 1; }
  case $said in *'"errors"'*) echo "the directory refuses: $said" >&2; return 1 ;; esac
}
login() {
  password=$(sed 's/["\\\\]/\\\\&/g' ${admin.passwordFile})
  token=$(post /auth/simple/login "{\\"username\\":\\"${admin.id}\\",\\"password\\":\\"$password\\"}" | sed -n 's/.*"token":"\\([^"]*\\)".*/\\1/p')
  [ -n "$token" ] || { echo 'the directory does not let its administrator in' >&2; return 1; }
}
group_id() {
  ask '{"query":"{groups{id displayName}}"}' | tr '}' '\\n' | sed -n "s/.*\\"id\\":\\([0-9]*\\),\\"displayName\\":\\"$1\\".*/\\1/p" | head -n 1
}
group() {
  [ -n "$(group_id "$1")" ] || change "{\\"query\\":\\"mutation{createGroup(name:\\\\\\"$1\\\\\\"){id}}\\"}"
}
set_password() { /app/lldap_set_password --base-url "$url" --token "$token" --username "$1" --password="$(cat "$2")" >/dev/null; }
known() { ask "{\\"query\\":\\"{user(userId:\\\\\\"$1\\\\\\"){id}}\\"}" | grep -q "\\"id\\":\\"$1\\""; }
# account NAME CREATION PASSWORD_FILE [fixed]
account() {
  if known "$1"; then
    if [ "\${4-}" = fixed ]; then set_password "$1" "$3"; fi
    return
  fi
  change "$2" || return 1
  # Without a password nobody could use it, and it would be taken for one that is there.
  set_password "$1" "$3" || { change "{\\"query\\":\\"mutation{deleteUser(userId:\\\\\\"$1\\\\\\"){ok}}\\"}"; return 1; }
}
member() {
  ask "{\\"query\\":\\"{user(userId:\\\\\\"$1\\\\\\"){groups{displayName}}}\\"}" | grep -q "\\"displayName\\":\\"$2\\"" && return
  id=$(group_id "$2")
  [ -n "$id" ] || { echo "the directory has no group $2" >&2; return 1; }
  change "{\\"query\\":\\"mutation{addUserToGroup(userId:\\\\\\"$1\\\\\\",groupId:$id){ok}}\\"}"
}
accounts() {
${steps.map((step) => `  ${step} || return 1`).join('\n')}
}
(
  until wget -q -O /dev/null "$url/health"; do sleep 1; done
  until login && accounts; do echo 'the accounts are not made yet; trying again' >&2; sleep 10; done
  : >${readyPath}
  echo 'the accounts are there'
) &
exec /app/lldap run
`;
}

/** A request to its GraphQL API (lldap's `schema.graphql`). */
function creation({ id, email, name }: Account): string {
  const query = 'mutation($user:CreateUserInput!){createUser(user:$user){id}}';
  return JSON.stringify({ query, variables: { user: { id, email, displayName: name } } });
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

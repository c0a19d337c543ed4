import type { StoreClient } from '../object-store.ts';

export interface StartScript {
  readonly port: number;
  /** On the container's own loopback. */
  readonly adminPort: number;
  readonly region: string;
  /** Folder whose folders are the buckets. */
  readonly dataFolder: string;
  /** In memory; the accounts are kept in it. */
  readonly temporaryFolder: string;
  readonly rootKeyFile: string;
  readonly clients: readonly StoreClient[];
}

/** The account that may do everything; it is asked for on the loopback only, but for S3 itself. */
const root = 'autogit';

/**
 * POSIX shell for BusyBox and dash. It makes the accounts from the mounted secrets, because the gateway reads no secret
 * from a file, and once the gateway answers, the buckets that are not there. Ready when `ready` is in the temporary folder.
 * A bucket whose client left stays as it is; one whose access key changed is given to the new one.
 */
export function startScript(options: StartScript): string {
  const { port, adminPort, region, dataFolder, temporaryFolder, rootKeyFile, clients } = options;
  const accounts = `${temporaryFolder}/iam/users.json`;
  return [
    '# Makes accounts and buckets from the mounted secrets, and serves.',
    'set -eu',
    'umask 077',
    'export LC_ALL=C',
    `rm -rf ${temporaryFolder}/ready ${temporaryFolder}/iam`,
    `mkdir -p ${temporaryFolder}/iam ${dataFolder}`,
    'fail() { echo "$1" >&2; exit 1; }',
    'secret() { [ -s "$1" ] || fail "$1 is empty or missing"; cat "$1"; }',
    '# What goes into the header of a request, and into JSON.',
    'access_key() {',
    '  key=$(secret "$1") || exit 1',
    '  case $key in *[!A-Za-z0-9._-]*) fail "$1 holds more than letters, digits, dots, dashes and _" ;; esac',
    '  case $key in ????????*) ;; *) fail "$1 is shorter than 8 characters" ;; esac',
    '}',
    'secret_key() {',
    '  key=$(secret "$1") || exit 1',
    '  case $key in *[!!-~]*) fail "$1 holds a space, a line end or what is not in ASCII" ;; esac',
    '  case $key in ????????????????*) ;; *) fail "$1 is shorter than 16 characters" ;; esac',
    '}',
    `known=' ${root} '`,
    'account() {',
    '  access_key "$2"',
    '  case $known in *" $key "*) fail "$2 is the access key of another part too" ;; esac',
    '  known="$known$key "',
    '  access=$key',
    '  secret_key "$3"',
    `  printf '%s"%s":{"access":"%s","secret":"%s","role":"user"}' "$comma" "$access" "$access" "$(printf %s "$key" | sed 's/[\\\\"]/\\\\&/g')" >>${accounts}`,
    '  comma=,',
    '}',
    "comma=''",
    `printf '{"accessAccounts":{' >${accounts}`,
    ...clients.map(({ owner, accessKeyFile, secretKeyFile }) => `account ${owner} ${accessKeyFile} ${secretKeyFile}`),
    `printf '}}' >>${accounts}`,
    `secret_key ${rootKeyFile}`,
    `export ROOT_ACCESS_KEY_ID=${root} ROOT_SECRET_ACCESS_KEY="$key"`,
    `versitygw --port :${port} --admin-port 127.0.0.1:${adminPort} --region ${region} --health /health --iam-dir ${temporaryFolder}/iam --quiet --keep-alive posix ${dataFolder} &`,
    'server=$!',
    `trap 'kill -TERM $server 2>/dev/null || true; wait $server || true; exit 0' TERM INT`,
    ...bucketsOf(options),
    `: >${temporaryFolder}/ready`,
    'wait $server || exit $?',
    'exit 1',
    '',
  ].join('\n');
}

/** `change-bucket-owner` takes grants away, so it is for buckets of another owner alone. */
function bucketsOf({ adminPort, region, clients }: StartScript): readonly string[] {
  if (clients.length === 0) return [];
  return [
    `export ADMIN_ACCESS_KEY_ID=${root} ADMIN_SECRET_ACCESS_KEY="$ROOT_SECRET_ACCESS_KEY" ADMIN_REGION=${region}`,
    `export ADMIN_ENDPOINT_URL=http://127.0.0.1:${adminPort}`,
    'until there=$(versitygw admin list-buckets 2>/dev/null); do kill -0 $server 2>/dev/null || { wait $server; exit 1; }; sleep 1; done',
    'bucket() {',
    '  access_key "$2"',
    `  owner=$(printf '%s\\n' "$there" | awk -v name="$1" '$1 == name { print $2 }')`,
    '  case $owner in',
    `    '') versitygw admin create-bucket --bucket "$1" --owner "$key" || fail "bucket $1 could not be made" ;;`,
    '    "$key") ;;',
    '    *) versitygw admin change-bucket-owner --bucket "$1" --owner "$key" || fail "bucket $1 could not be given to its new key" ;;',
    '  esac',
    '}',
    ...clients.flatMap(({ accessKeyFile, buckets }) => buckets.map((bucket) => `bucket ${bucket} ${accessKeyFile}`)),
  ];
}

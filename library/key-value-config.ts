/** The configuration file and the start script of Valkey and Redis (https://valkey.io/topics/valkey.conf). */

export interface CacheConfig {
  readonly port: number;
  readonly dataFolder: string;
  /** In memory; the users are kept in it. */
  readonly temporaryFolder: string;
  /** Memory of the container. */
  readonly memoryBytes: number;
  readonly eviction: 'none' | 'least-recent';
  readonly persistent: boolean;
}

/** Programs of both families read it: no directive is newer than Redis 7.0. */
export function cacheConfig({
  port,
  dataFolder,
  temporaryFolder,
  memoryBytes,
  eviction,
  persistent,
}: CacheConfig): string {
  return [
    'bind * -::*',
    `port ${port}`,
    `dir ${dataFolder}`,
    `aclfile ${temporaryFolder}/users.acl`,
    'databases 16',
    // Rewriting the log copies what changes meanwhile, and clients have buffers.
    `maxmemory ${Math.floor(memoryBytes * 0.6)}`,
    `maxmemory-policy ${eviction === 'none' ? 'noeviction' : 'allkeys-lru'}`,
    `appendonly ${persistent ? 'yes' : 'no'}`,
    'save ""',
    'loglevel notice',
    'logfile ""',
    '',
  ].join('\n');
}

export interface StartScript {
  readonly program: 'valkey' | 'redis';
  readonly configPath: string;
  readonly dataFolder: string;
  /** In memory; the users are kept in it. */
  readonly temporaryFolder: string;
  readonly adminPasswordFile: string;
  /** Of the clients. */
  readonly passwordFiles: readonly string[];
  readonly persistent: boolean;
  /** Whether somebody reads what the server says of itself. */
  readonly watched?: boolean;
}

/**
 * POSIX shell for BusyBox and dash. Clients are all the default user, each with a password of its own, because many
 * programs cannot name a user. They may do everything but administer the server and empty the databases of others.
 */
export function startScript(options: StartScript): string {
  const { program, configPath, temporaryFolder, adminPasswordFile, passwordFiles, persistent, watched } = options;
  const isUsed = passwordFiles.length > 0;
  return [
    '# Makes the users from the mounted secrets, and starts the server.',
    'set -eu',
    'umask 077',
    'hash_of() {',
    '  [ -s "$1" ] || { echo "$1 is empty or missing" >&2; return 1; }',
    '  printf %s "$(cat "$1")" | sha256sum | cut -c 1-64',
    '}',
    `admin=$(hash_of ${adminPasswordFile})`,
    'clients=',
    ...passwordFiles.map((file) => `hash=$(hash_of ${file}); clients="$clients #$hash"`),
    `cat > ${temporaryFolder}/users.acl <<ACL`,
    isUsed ? 'user default on$clients ~* &* +@all -@admin -flushall -swapdb' : 'user default off',
    'user admin on #$admin ~* &* +@all',
    'user probe on nopass +ping',
    ...(watched === true ? ['user metrics on nopass +ping +info'] : []),
    'ACL',
    ...(persistent ? restoring(options) : []),
    `exec ${program}-server ${configPath}`,
    '',
  ].join('\n');
}

/**
 * With `appendonly` a server reads nothing but its log, so the log is made from the copy first, by a server that nobody
 * else reaches. The copy goes last: a restore that is cut short begins again.
 */
function restoring({ program, configPath, dataFolder, temporaryFolder }: StartScript): readonly string[] {
  return [
    `if [ -s ${dataFolder}/restore.rdb ]; then`,
    "  echo 'taking in restore.rdb'",
    `  rm -rf ${dataFolder}/appendonlydir`,
    `  cp ${dataFolder}/restore.rdb ${dataFolder}/dump.rdb`,
    `  ${program}-server ${configPath} --port 0 --unixsocket ${temporaryFolder}/restore.sock --aclfile '' --appendonly no &`,
    '  server=$!',
    `  ask() { ${program}-cli -e -s ${temporaryFolder}/restore.sock "$@"; }`,
    '  until ask ping >/dev/null 2>&1; do kill -0 $server; sleep 1; done',
    '  ask config set appendonly yes >/dev/null',
    '  until ask info persistence | grep -q "aof_rewrite_in_progress:0" && ask info persistence | grep -q "aof_rewrite_scheduled:0"; do sleep 1; done',
    '  ask info persistence | grep -q "aof_last_bgrewrite_status:ok"',
    '  ask shutdown nosave || true',
    '  wait $server || true',
    `  rm ${dataFolder}/restore.rdb ${dataFolder}/dump.rdb`,
    'fi',
  ];
}

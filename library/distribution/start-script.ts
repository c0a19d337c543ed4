export interface StartScript {
  readonly configPath: string;
  /** The same configuration, which refuses to write. */
  readonly readOnlyPath: string;
  readonly secretFile: string;
  /** Where the keys of the bucket are, when layers are kept in one. */
  readonly bucketKeys?: { readonly accessKeyFile: string; readonly secretKeyFile: string };
  readonly collect: 'never' | 'daily' | 'weekly';
  readonly removeUntagged: boolean;
}

const daySeconds = 86_400;
/** 04:00 UTC; for a week, that of Sunday: the first day of the epoch was a Thursday. */
const hourSeconds = 4 * 3600;
const periods = {
  never: undefined,
  daily: { every: daySeconds, offset: hourSeconds },
  weekly: { every: 7 * daySeconds, offset: 3 * daySeconds + hourSeconds },
} as const;

/**
 * POSIX shell for BusyBox and dash. It reads the secrets, for which the registry has no file form, and serves. To remove
 * unused layers it serves read-only meanwhile, because a push at that time would lose layers; `kill -USR1` does it now.
 */
export function startScript(options: StartScript): string {
  const { configPath, readOnlyPath, secretFile, bucketKeys, removeUntagged } = options;
  const period = periods[options.collect];
  return [
    '# Reads the secrets and serves; removes unused layers at its times, read-only meanwhile.',
    'set -eu',
    'secret() { [ -s "$1" ] || { echo "$1 is empty or missing" >&2; return 1; }; cat "$1"; }',
    ...exported('REGISTRY_HTTP_SECRET', secretFile),
    ...(bucketKeys === undefined ? [] : exported('REGISTRY_STORAGE_S3_ACCESSKEY', bucketKeys.accessKeyFile)),
    ...(bucketKeys === undefined ? [] : exported('REGISTRY_STORAGE_S3_SECRETKEY', bucketKeys.secretKeyFile)),
    'serve() { registry serve "$1" & server=$!; }',
    'halt() { kill -TERM "$server" 2>/dev/null || true; wait "$server" || true; }',
    'collect() {',
    "  echo 'removing unused layers; read-only meanwhile'",
    `  halt; serve ${readOnlyPath}`,
    `  registry garbage-collect${removeUntagged ? ' --delete-untagged' : ''} ${configPath} || echo 'unused layers could not be removed' >&2`,
    `  halt; serve ${configPath}`,
    '}',
    "due=''",
    'trap "halt; exit 0" TERM INT',
    'trap "due=now" USR1',
    `serve ${configPath}`,
    ...(period === undefined ? [] : nextTime(period)),
    'while true; do',
    '  sleep 5 & wait $! || true',
    '  kill -0 "$server" 2>/dev/null || { wait "$server"; exit 1; }',
    ...(period === undefined ? [] : ['  [ "$(date -u +%s)" -lt "$next" ] || { due=now; after; }']),
    '  [ -z "$due" ] || { due=\'\'; collect; }',
    'done',
    '',
  ].join('\n');
}

/** In two steps, because `export` would hide that the file is missing. */
function exported(name: string, file: string): readonly string[] {
  return [`${name}=$(secret ${file})`, `export ${name}`];
}

function nextTime({ every, offset }: { readonly every: number; readonly offset: number }): readonly string[] {
  return [
    `after() { next=$(( ($(date -u +%s) - ${offset}) / ${every} * ${every} + ${every} + ${offset} )); }`,
    'after',
  ];
}

/**
 * Images with the real programs of this machine under the names that a platform asks for: PostgreSQL, restic, Python and git
 * of Debian, and the Gitea that the suite `forge` built. Only what starts them is written here, as small as it can be.
 */
import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ForgePrograms } from '../forge/programs.ts';
import { postgresPrograms } from '../oracles/programs.ts';
import { importImage } from './import-image.ts';
import { librariesOf } from './stand-in-base.ts';

const run = promisify(execFile);

interface Engine {
  readonly socket: string;
}

type Files = Readonly<Record<string, string | { readonly text: string; readonly mode?: number }>>;

const env = ['PATH=/usr/local/bin:/usr/bin:/bin'];

/** Programs at `path` with the libraries that each needs. */
async function withLibraries(programs: Readonly<Record<string, string>>): Promise<Files> {
  const libraries = await Promise.all(Object.values(programs).map(librariesOf));
  return { ...Object.fromEntries(libraries.flat().map((path) => [path, path])), ...programs };
}

async function onPath(program: string): Promise<string> {
  return realpath((await run('sh', ['-c', 'command -v "$1"', 'sh', program])).stdout.trim());
}

/** Every file below a folder, at its own place. */
function below(folder: string, without: readonly string[] = []): Files {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !without.includes(name))
      .flatMap((name): readonly (readonly [string, Files[string]])[] => {
        const path = join(folder, name);
        return statSync(path).isDirectory() ? Object.entries(below(path, without)) : [[path, path] as const];
      }),
  );
}

export async function importRestic(engine: Engine, tag: string): Promise<void> {
  const files = await withLibraries({ '/usr/bin/restic': await onPath('restic') });
  await importImage(engine, { tag, files, config: { Env: env } });
}

/** `python3` with SQLite, for dumps. */
export async function importPython(engine: Engine, tag: string): Promise<void> {
  const ask = 'import sys, sysconfig, _sqlite3; print(sys.executable, sysconfig.get_path("stdlib"), _sqlite3.__file__)';
  const told = (await run('python3', ['-c', ask])).stdout.trim().split(' ');
  const [executable = '', standard = '', sqlite = ''] = told;
  const program = await realpath(executable);
  const files = await withLibraries({ [program]: program, [sqlite]: sqlite });
  const library = below(standard, [
    'test',
    'idlelib',
    'site-packages',
    'dist-packages',
    '__pycache__',
    'ensurepip',
    'tkinter',
  ]);
  const start = { text: `#!/bin/sh\nexec ${program} "$@"\n`, mode: 0o755 };
  await importImage(engine, {
    tag,
    files: { ...library, ...files, '/usr/local/bin/python3': start },
    config: { Env: env },
  });
}

/** A server that sets itself up in an empty volume, as the official image does. */
export async function importPostgres(engine: Engine, tag: string): Promise<void> {
  const found = postgresPrograms();
  if (found === undefined) throw new Error('PostgreSQL is not installed');
  const { folder, version } = found;
  const names = ['postgres', 'initdb', 'psql', 'pg_dump', 'pg_dumpall', 'pg_isready'];
  const programs = Object.fromEntries(names.map((name) => [join(folder, name), join(folder, name)]));
  const extensions = ['plpgsql.so', 'dict_snowball.so'].map((name) => join(dirname(folder), 'lib', name));
  const files = await withLibraries({ ...programs, ...Object.fromEntries(extensions.map((path) => [path, path])) });
  const start = [
    '#!/bin/sh',
    'set -eu',
    '[ "$1" = postgres ] || exec "$@"',
    'if [ ! -s "$PGDATA/PG_VERSION" ]; then',
    '  initdb -D "$PGDATA" -U postgres --pwfile="$POSTGRES_PASSWORD_FILE" --auth-local=trust $POSTGRES_INITDB_ARGS',
    '  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"',
    `  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"`,
    'fi',
    'exec "$@"',
    '',
  ].join('\n');
  await importImage(engine, {
    tag,
    files: {
      ...below(join('/usr/share/postgresql', version), ['man']),
      ...below('/usr/lib/locale/C.utf8'),
      ...files,
      '/etc/passwd': { text: 'root:x:0:0::/:/bin/sh\npostgres:x:999:999::/:/bin/sh\n' },
      '/usr/local/bin/start': { text: start, mode: 0o755 },
    },
    openFolders: ['/var/lib/postgresql/data'],
    config: { Env: [`PATH=${folder}:/usr/local/bin:/usr/bin:/bin`], Entrypoint: ['start'], Cmd: ['postgres'] },
  });
}

/** A forge whose settings come from `GITEA__section__KEY`, as in the official image. */
export async function importGitea(engine: Engine, tag: string, { gitea, share }: ForgePrograms): Promise<void> {
  const core = (await run('git', ['--exec-path'])).stdout.trim();
  const programs = {
    '/usr/local/bin/gitea': gitea,
    '/usr/bin/git': await onPath('git'),
    '/usr/bin/curl': await onPath('curl'),
  };
  const files = await withLibraries(programs);
  const again = (name: string) => ({ text: `#!/bin/sh\nexec git ${name} "$@"\n`, mode: 0o755 });
  const start = [
    '#!/bin/sh',
    'set -eu',
    'mkdir -p "$(dirname "$GITEA_APP_INI")" "$TMPDIR"',
    '{',
    '  printf "RUN_USER = runner\\nWORK_PATH = /var/lib/gitea\\n[server]\\nSTATIC_ROOT_PATH = /share\\n"',
    "  env | sed -n 's/^GITEA__\\([A-Za-z0-9.]*\\)__\\([A-Z_]*\\)=\\(.*\\)$/[\\1]\\n\\2 = \\3/p'",
    '} > "$GITEA_APP_INI"',
    'exec gitea "$@" --config "$GITEA_APP_INI"',
    '',
  ].join('\n');
  const shared = ['templates', 'options', 'public'].flatMap((name) => Object.entries(below(join(share, name))));
  await importImage(engine, {
    tag,
    files: {
      ...files,
      ...Object.fromEntries(shared.map(([path, from]) => [path.replace(share, '/share'), from])),
      [join(core, 'git-upload-pack')]: again('upload-pack'),
      [join(core, 'git-receive-pack')]: again('receive-pack'),
      '/usr/bin/env': await onPath('busybox'),
      '/usr/bin/bash': { text: '#!/bin/sh\nexec /bin/sh "$@"\n', mode: 0o755 },
      '/usr/local/bin/start': { text: start, mode: 0o755 },
    },
    openFolders: ['/var/lib/gitea'],
    config: { Env: [...env, 'HOME=/var/lib/gitea', 'USER=runner'], Entrypoint: ['start'], Cmd: ['web'] },
  });
}

/** In the place of the ingress, which this is not about: it runs, and says that it is well. */
export async function importIngress(engine: Engine, tag: string): Promise<void> {
  const start = { text: '#!/bin/sh\nexec httpd -f -p 8080 -h /www\n', mode: 0o755 };
  // The wget of a static busybox falls over where there are no files for looking up names.
  const wget = { text: '#!/bin/sh\nfor last; do :; done\nexec curl -fs -o /dev/null "$last"\n', mode: 0o755 };
  await importImage(engine, {
    tag,
    files: {
      ...(await withLibraries({ '/usr/bin/curl': await onPath('curl') })),
      '/usr/local/bin/wget': wget,
      '/usr/local/bin/traefik': start,
      '/www/ping': { text: 'OK' },
    },
    config: { Env: env, Entrypoint: ['traefik'] },
  });
}

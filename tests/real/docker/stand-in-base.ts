import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importImage } from './import-image.ts';

const run = promisify(execFile);
const out = async (program: string, ...args: readonly string[]) => (await run(program, [...args])).stdout.trim();

/**
 * Makes `tag` in the engine: Node, git and ssh of this machine in the place of `node:24-alpine`, for building
 * `deploy/image/Dockerfile` where nothing can be pulled. Its `apk` installs nothing; it refuses what Alpine has not.
 */
export async function importStandIn(engine: { readonly socket: string }, tag: string): Promise<void> {
  const core = await out('git', '--exec-path');
  const programs: Readonly<Record<string, string>> = {
    '/usr/local/bin/node': await realpath(process.execPath),
    '/usr/bin/git': await realpath(await out('sh', '-c', 'command -v git')),
    '/usr/bin/ssh': await realpath(await out('sh', '-c', 'command -v ssh')),
    [join(core, 'git-remote-http')]: await realpath(join(core, 'git-remote-http')),
    [join(core, 'git-remote-https')]: await realpath(join(core, 'git-remote-https')),
  };
  const libraries = await Promise.all(Object.values(programs).map(librariesOf));
  await importImage(engine, {
    tag,
    files: {
      ...Object.fromEntries(libraries.flat().map((path) => [path, path])),
      ...programs,
      '/sbin/apk': { text: apk, mode: 0o755 },
      '/sbin/tini': { text: '#!/bin/sh\nshift\nexec "$@"\n', mode: 0o755 },
    },
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['node'] },
  });
}

const apk = `#!/bin/sh
[ "$1 $2" = 'add --no-cache' ] || { echo "apk: $*" >&2; exit 1; }
shift 2
for name; do
  case $name in
    ca-certificates | git | openssh-client-default | tini) ;;
    *) echo "ERROR: unable to select packages: $name (no such package)" >&2; exit 1 ;;
  esac
done
`;

/** Paths of the shared libraries and the loader, as `ldd` names them. */
export async function librariesOf(program: string): Promise<readonly string[]> {
  const lines = (await out('ldd', program)).split('\n');
  return lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

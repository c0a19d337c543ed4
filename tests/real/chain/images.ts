/** Images under the names that AutoGit renders, made of the real programs of this machine: nothing can be pulled here. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { api } from '../docker/api.ts';
import { importImage } from '../docker/import-image.ts';
import { buildPrograms } from '../forge/programs.ts';
import { coredns, traefik } from '../oracles/programs.ts';
import { findAuthelia, giteaScripts, onPath, withLibraries } from './programs.ts';

type Engine = { readonly socket: string };

export const images = {
  traefik: `traefik:${traefik().version}`,
  gitea: 'gitea/gitea:1.26.4-rootless',
  authelia: 'authelia/authelia:4.39.20',
  node: 'autogit-chain/node:1',
} as const;

/** What of the images is not as it is published; what AutoGit renders is not touched. */
export function differences(): readonly string[] {
  return [
    `Traefik ${traefik().version.slice(1)}, the newest that its module builds; headers that look like others are removed by name there`,
    'Gitea 1.26.4 from its module, its pages beside the program; start scripts are the image’s own, dumb-init and envsubst are not',
    'curl in the place of wget, cksum, OpenSSL and BusyBox of this machine',
    ...(findAuthelia() === undefined
      ? [
          'oidc-provider in the place of Authelia: it reads the configuration and the users that are rendered for Authelia',
        ]
      : []),
  ];
}

const certificates = '/etc/ssl/certs/ca-certificates.crt';

export async function makeImages(engine: Engine, scratch: string): Promise<void> {
  await importImage(engine, { tag: 'autogit-test/filler:1' });
  await importImage(engine, { tag: 'busybox:1.37.0-musl' });
  await importImage(engine, {
    tag: images.traefik,
    files: {
      '/usr/local/bin/traefik': traefik().path,
      '/entrypoint.sh': { text: traefikEntry, mode: 0o755 },
      ...(await tools()),
      [certificates]: certificates,
    },
    config: { Entrypoint: ['/entrypoint.sh'], Cmd: ['traefik'], Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] },
  });
  await importImage(engine, {
    tag: 'coredns/coredns:1.15.0',
    busybox: false,
    files: { '/coredns': coredns().path, [certificates]: certificates },
    config: { Entrypoint: ['/coredns'], Cmd: [] },
  });
  await importImage(engine, {
    tag: 'alpine/openssl:3.5.4',
    files: {
      ...(await withLibraries('/usr/bin/openssl', await onPath('openssl'))),
      '/usr/lib/ssl/openssl.cnf': '/etc/ssl/openssl.cnf',
      '/usr/bin/test': { text: '#!/bin/sh\nexec /bin/test "$@"\n', mode: 0o755 },
    },
    config: { Entrypoint: ['openssl'], Env: ['PATH=/usr/bin:/bin'] },
  });
  await makeGitea(engine);
  await makeSignOn(engine, scratch);
}

/** What Alpine's BusyBox has and Debian's has not: `cksum`, and a `wget` that does not end with SIGSEGV. */
async function tools() {
  return {
    ...(await withLibraries('/usr/bin/curl', await onPath('curl'))),
    // -q -T SECONDS -O FILE URL
    ...(await withLibraries('/usr/local/bin/cksum', await onPath('cksum'))),
    '/usr/local/bin/wget': { text: '#!/bin/sh\nexec curl -fsS -m "$3" -o "$5" "$6"\n', mode: 0o755 },
  };
}

/** What the image of Traefik starts with: an option, or a subcommand, goes to the program. */
const traefikEntry = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ]; then set -- traefik "$@"; fi
exec "$@"
`;

/** Gitea's rootless image: its own start scripts, and of this machine what Alpine brings them. */
async function makeGitea(engine: Engine): Promise<void> {
  const { gitea, share } = await buildPrograms((line) => process.stderr.write(`${line}\n`));
  const programs = await Promise.all([
    withLibraries('/app/gitea/gitea', gitea),
    withLibraries('/bin/bash', await onPath('bash')),
    withLibraries('/usr/bin/git', await onPath('git')),
    withLibraries('/usr/bin/curl', await onPath('curl')),
  ]);
  await importImage(engine, {
    tag: images.gitea,
    files: {
      ...Object.assign({}, ...programs),
      [certificates]: certificates,
      '/usr/bin/env': { text: '#!/bin/sh\nexec "$@"\n', mode: 0o755 },
      '/usr/bin/dumb-init': { text: '#!/bin/sh\n[ "$1" != -- ] || shift\nexec "$@"\n', mode: 0o755 },
      '/usr/bin/envsubst': { text: '#!/bin/sh\neval "cat <<END\n$(cat)\nEND"\n', mode: 0o755 },
    },
    folders: {
      '/': giteaScripts(),
      ...Object.fromEntries(
        ['options', 'public', 'templates'].map((name) => [`/app/gitea/${name}`, join(share, name)]),
      ),
    },
    owned: ['/var/lib/gitea', '/etc/gitea'],
    config: {
      User: '1000:1000',
      WorkingDir: '/var/lib/gitea',
      Entrypoint: ['/usr/bin/dumb-init', '--', '/usr/local/bin/docker-entrypoint.sh'],
      Cmd: [],
      Env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...['GITEA_WORK_DIR=/var/lib/gitea', 'GITEA_CUSTOM=/var/lib/gitea/custom', 'GITEA_TEMP=/tmp/gitea'],
        ...['TMPDIR=/tmp/gitea', 'GITEA_APP_INI=/etc/gitea/app.ini', 'HOME=/var/lib/gitea/git'],
        // Its pages lie beside a program that was built without them.
        'GITEA__server__STATIC_ROOT_PATH=/app/gitea',
      ],
    },
  });
}

/** Node with the stand-in for Authelia and a service that tells what it was asked; and Authelia itself, where it is here. */
async function makeSignOn(engine: Engine, scratch: string): Promise<void> {
  const standIn = join(scratch, 'stand-in.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'stand-in/authelia-child.ts')],
    outfile: standIn,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  await importImage(engine, {
    tag: images.node,
    files: {
      ...(await withLibraries('/usr/local/bin/node', process.execPath)),
      ...(await tools()),
      '/srv/stand-in.mjs': standIn,
      '/app/authelia': { text: '#!/bin/sh\nexec node /srv/stand-in.mjs "$@"\n', mode: 0o755 },
      '/srv/echo.mjs': { text: echo },
    },
    config: { Env: [autheliaPath], Entrypoint: ['node'], Cmd: ['/srv/echo.mjs'] },
  });
  const program = findAuthelia();
  const [repo, tag] = images.authelia.split(':');
  if (program === undefined) await api(engine.socket, 'POST', `/images/${images.node}/tag?repo=${repo}&tag=${tag}`);
  else {
    const files = {
      ...(await withLibraries('/app/authelia', program)),
      ...(await tools()),
      [certificates]: certificates,
    };
    await importImage(engine, { tag: images.authelia, files, config: { Env: [autheliaPath] } });
  }
}

const autheliaPath = 'PATH=/app:/usr/local/bin:/usr/bin:/bin';

/** Tells which headers came, as they came. */
const echo = `import { createServer } from 'node:http';
const server = createServer(({ method, url, rawHeaders }, response) => {
  const headers = [];
  for (let at = 0; at < rawHeaders.length; at += 2) headers.push(rawHeaders[at] + ': ' + rawHeaders[at + 1]);
  response.setHeader('content-type', 'text/plain').end([method + ' ' + url, ...headers, ''].join('\\n'));
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;

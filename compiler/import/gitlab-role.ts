import { repositoryOf } from './known-images.ts';
import { entriesOf, member, pairsOf } from './node.ts';
import { publishedPort, tellForgePorts } from './role-ports.ts';
import type { RoleDraft } from './roles.ts';
import type { Scope } from './scope.ts';

const keys = new Set([
  'image',
  'hostname',
  'environment',
  'volumes',
  'ports',
  'expose',
  'shm_size',
  'restart',
  'networks',
  'container_name',
  'labels',
  'healthcheck',
  'stop_grace_period',
]);
const variables = new Set(['GITLAB_OMNIBUS_CONFIG', 'TZ']);
const folders = new Set(['/etc/gitlab', '/var/log/gitlab', '/var/opt/gitlab', '/etc/localtime', '/etc/timezone']);

/** Settings that the role makes itself; who has written another one keeps GitLab as a service. */
const setting =
  /^(?:external_url\s*\(?['"][^'"#]*['"]\)?|(?:gitlab_rails\['gitlab_shell_ssh_port'\]|gitlab_rails\['gitlab_ssh_host'\]|nginx\['(?:listen_port|listen_https)'\]|letsencrypt\['enable'\])\s*=\s*(?:\d+|true|false|'[^'\\]*'|"[^"\\#]*"))$/;

/** GitLab in the image of its package, in a version that the role knows, with settings that it makes itself. */
export function isGitlab({ draft, node }: Scope): boolean {
  if (!/^(?:docker\.io\/)?gitlab\/gitlab-(?:ce|ee)$/.test(repositoryOf(draft.image))) return false;
  if (versionOf(draft.image) === undefined) return false;
  if (!entriesOf(node).every(([key]) => keys.has(key) || key.startsWith('x-'))) return false;
  if (member(node, 'command') !== undefined) return false;
  if (!Object.keys(draft.environment).every((name) => variables.has(name))) return false;
  const config = draft.environment.GITLAB_OMNIBUS_CONFIG ?? '';
  if (typeof config !== 'string' || !linesOf(config).every((line) => setting.test(line))) return false;
  if (!Object.values(draft.ports).every(({ port }) => [22, 80, 443].includes(port))) return false;
  return Object.values(draft.volumes).every(({ path }) => folders.has(path.replace(/\/+$/, '')));
}

function linesOf(config: string): readonly string[] {
  return config
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Seventeen or later, as the tag says. */
function versionOf(image: string): string | undefined {
  const [, version, major] = /:((\d+)(?:\.\d+)*)-(?:ce|ee)\.\d+(?:@.*)?$/.exec(image) ?? [];
  return Number(major) >= 17 ? version : undefined;
}

/** The role, with a line in the report for each thing that stood there. */
export function tellGitlab(scope: Scope): RoleDraft {
  const { node, ledger, draft } = scope;
  ledger.forget(node);
  for (const [key, part] of entriesOf(node)) {
    if (key === 'environment')
      for (const { node: at } of pairsOf(part)) ledger.changed(at, 'the role sets this by itself', { to: 'forge' });
    else if (key === 'volumes')
      ledger.changed(part, 'new volumes are made, laid out in the same way', {
        to: 'forge',
        next: 'copy the files of the old ones into forge-config, forge-data and forge-logs while both are stopped',
      });
    else if (key === 'ports') tellForgePorts(part, scope);
    else if (key === 'hostname')
      ledger.changed(part, 'it is served at its name under the domain', { to: 'forge.host' });
    else if (key !== 'labels') ledger.taken(part, 'forge');
  }
  const ssh = publishedPort(scope, 22);
  const spec = { use: 'gitlab', image: draft.image, ...(ssh === undefined ? {} : { ssh: { port: ssh } }) };
  return { role: 'forge', scope, spec };
}

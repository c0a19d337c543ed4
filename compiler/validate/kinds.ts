import type { Value } from '../../schema/document.ts';
import {
  type Advice,
  asAddress,
  asBackupRepository,
  asEngine,
  asHostLabel,
  asHostname,
  asHostPath,
  asImage,
  asLabel,
  asPath,
  asUser,
  asVariable,
  asWords,
  surely,
} from './advice.ts';
import { asCpus, asCron, asDuration, asPort, asQuantity } from './advice-units.ts';

/** What messages know of one `x-kind` of the schema. */
interface Kind {
  /** For `… must be …`. */
  readonly what: string;
  /** Code of a value that does not have this form. */
  readonly code: string;
  /** The next step for this value, when one can be told from it; with what is meant where that is certain. */
  readonly fix?: (value: string) => Advice | string | undefined;
}

const label = 'lower-case letters, digits and inner dashes';

/** Every `x-kind`, by name. A test proves that the schema uses each of them and no other. */
export const kinds: Readonly<Record<string, Kind>> = {
  'platform-name': {
    what: `a name: ${label}, starting with a letter, at most 40 characters`,
    code: 'AG206',
    fix: asLabel,
  },
  id: { what: `an id: ${label}, at most 40 characters`, code: 'AG206', fix: asLabel },
  'host-label': { what: `a name under the domain: ${label}, at most 40 characters`, code: 'AG206', fix: asHostLabel },
  namespace: { what: `a namespace: ${label}, at most 63 characters`, code: 'AG206', fix: asLabel },
  reference: { what: 'the id of something else in the file', code: 'AG206', fix: asLabel },
  hostname: { what: 'a DNS name in lower case, such as home.example.org', code: 'AG206', fix: asHostname },
  email: { what: 'an e-mail address, such as ops@example.org', code: 'AG211' },
  'port-name': {
    what: `a port name: ${label}, at most 15 characters, one of them a letter`,
    code: 'AG206',
    fix: asLabel,
  },
  'dns-target': {
    what: 'load-balancer, an address such as 203.0.113.7, or a name such as edge.example.org',
    code: 'AG206',
    fix: (value) => (value === 'true' ? surely('load-balancer') : undefined),
  },
  'label-key': { what: 'the key of a label of nodes, such as autogit.dev/gpu', code: 'AG206' },
  'label-value': { what: 'the value of a label: at most 63 letters, digits, - _ and .', code: 'AG206' },
  'variable-name': {
    what: 'the name of an environment variable: letters, digits and _, not starting with a digit',
    code: 'AG206',
    fix: asVariable,
  },
  quantity: { what: 'a size with a unit, such as 512Mi or 4Gi', code: 'AG205', fix: asQuantity },
  duration: { what: 'a length of time with a unit, such as 30s, 10m or 2h', code: 'AG205', fix: asDuration },
  cpus: { what: 'a number of CPUs, such as 2 or 0.5', code: 'AG205', fix: asCpus },
  port: { what: 'a port number', code: 'AG207', fix: asPort },
  image: { what: 'a container image, such as requarks/wiki:2', code: 'AG211', fix: asImage },
  'host-path': {
    what: 'an absolute path on the machine of the reconciler, such as /etc/autogit/key',
    code: 'AG211',
    fix: (value) => asHostPath(value, '/etc/autogit'),
  },
  'host-folder': {
    what: 'an absolute path on the host, such as /srv/media',
    code: 'AG211',
    fix: (value) => asHostPath(value, '/srv'),
  },
  'tcp-check': { what: 'a port number, or true for the port of the service', code: 'AG203' },
  health: {
    what: 'a map with http, tcp or exec',
    code: 'AG203',
    fix: (value) => (value.startsWith('/') ? surely({ http: value }, `write { http: ${value} }`) : undefined),
  },
  path: { what: 'an absolute path, such as /data', code: 'AG211', fix: asPath },
  'url-path': {
    what: 'a path that starts with /, such as /healthz',
    code: 'AG211',
    fix: (value) => (/^[^/\s]+$/.test(value) ? surely(`/${value}`) : undefined),
  },
  url: {
    what: 'an address that starts with http:// or https://',
    code: 'AG211',
    fix: (value) => (/^[\w.-]+(?::\d+)?$/.test(value) ? `write https://${value}` : undefined),
  },
  repository: { what: 'a Git URL, such as https://git.example.org/ops/platform.git', code: 'AG211' },
  'backup-repository': {
    what: 'a folder of the host, such as /mnt/backup, or an address that starts with s3:, rest:, b2:, azure:, gs: or swift:',
    code: 'AG211',
    fix: asBackupRepository,
  },
  branch: { what: 'the name of a Git branch, such as main', code: 'AG211' },
  engine: {
    what: 'process, or an engine address: unix:///path, ssh://user@host or tcp://host:port',
    code: 'AG211',
    fix: asEngine,
  },
  network: { what: 'a network with the length of its prefix, such as 192.168.1.0/24', code: 'AG211' },
  ip: {
    what: 'an IP address, such as 127.0.0.1',
    code: 'AG211',
    fix: asAddress,
  },
  user: {
    what: "a numeric user and group, such as '1000:1000'",
    code: 'AG211',
    fix: asUser,
  },
  'runner-label': {
    what: 'a runner label: letters, digits, dots, dashes and underscores',
    code: 'AG206',
    fix: (value) =>
      /^[\w.-]+:/.test(value)
        ? `write ${value.replace(/:.*$/, '')}; what it runs in is the \`image\` of the pool`
        : undefined,
  },
  line: { what: 'one line of text', code: 'AG211' },
  code: {
    what: 'the code of a diagnostic, such as AG501',
    code: 'AG206',
    fix: (value) => (/^ag[0-9]{3}$/i.test(value) ? surely(value.toUpperCase()) : undefined),
  },
  words: { what: 'a list of words, such as [npm, start]', code: 'AG203', fix: asWords },
  variable: { what: 'text, a number, true, false or { secret: id }', code: 'AG203' },
  capability: { what: 'a Linux capability without CAP_, such as NET_BIND_SERVICE', code: 'AG204' },
  signal: { what: 'a signal, such as SIGTERM', code: 'AG204' },
  'file-name': { what: 'the name of a file, such as app.conf', code: 'AG206' },
  'repository-path': { what: 'a path in the repository, such as config/app.conf', code: 'AG211' },
  'config-file': {
    what: 'a map with path, and text or file',
    code: 'AG203',
    fix: (value) =>
      value.startsWith('/') ? `write { path: ${value}, file: config/${value.replace(/^.*\//, '')} }` : undefined,
  },
  cron: { what: "once, or five fields such as '0 3 * * *'", code: 'AG211', fix: asCron },
  'time-zone': { what: 'a time zone, such as Europe/Madrid', code: 'AG211' },
  arch: { what: 'an architecture: amd64, arm64 or riscv64', code: 'AG204' },
  'intel-driver': { what: 'i915 or xe', code: 'AG204' },
  'gpu-vendor': { what: 'a vendor of GPUs: nvidia, amd or intel', code: 'AG204' },
  'gpu-mode': { what: 'exclusive or shared', code: 'AG204' },
  issuer: { what: 'letsencrypt, letsencrypt-staging, acme or own-ca', code: 'AG204' },
  guard: { what: 'sso or none', code: 'AG204' },
  'ssh-way': { what: 'host or ingress', code: 'AG204' },
  needs: {
    what: 'a list of ids, or a map from ids to started, healthy or done',
    code: 'AG203',
    fix: (value) => (/^[a-z][-a-z0-9]{0,39}$/.test(value) ? surely([value], `write [${value}]`) : undefined),
  },
  'need-condition': { what: 'started, healthy or done', code: 'AG204' },
  'git-context': {
    what: 'a Git URL, such as https://git.example.org/ops/wiki.git#main:image',
    code: 'AG211',
    fix: (value) =>
      /^[./\w-]+$/.test(value)
        ? 'folders are not built: name the repository that holds it, with the folder behind #branch:, or an image that is built elsewhere'
        : undefined,
  },
  device: { what: 'a device of the host, such as /dev/ttyUSB0', code: 'AG211' },
  ulimit: { what: 'a resource, such as nofile', code: 'AG204' },
  sysctl: { what: 'a kernel setting, such as net.core.somaxconn', code: 'AG206' },
  setting: { what: 'text or a number', code: 'AG203' },
  'volume-name': { what: 'the name of a volume', code: 'AG206' },
  sops: { what: 'a place in an encrypted file, such as secrets.enc.yaml#/smtp/password', code: 'AG211' },
  'kubernetes-version': { what: "a version of Kubernetes in quotes, such as '1.33'", code: 'AG211' },
  'pod-security': { what: 'restricted, baseline or privileged', code: 'AG204' },
  'route-api': { what: 'ingress, traefik or gateway', code: 'AG204' },
  overlay: { what: 'a map of what differs', code: 'AG203' },
  patch: { what: 'a map with target, why, and merge or json', code: 'AG203' },
  'merge-patch': { what: 'a map of what changes', code: 'AG203' },
  'object-kind': { what: 'a kind, such as Deployment or service', code: 'AG206' },
  'object-name': { what: 'the name of an object', code: 'AG206' },
  any: { what: 'a value', code: 'AG203' },
  'secret-source': {
    what: 'env, file, generate, sops or kubernetes, which say where the value comes from',
    code: 'AG214',
  },
};

/** The next step for a value of a kind; undefined when nothing better than the kind itself can be said. */
export function adviceOf(kind: string | undefined, value: Value | undefined): Advice | undefined {
  if (kind === undefined || value === undefined || value === null || typeof value === 'object') return undefined;
  const advice = kinds[kind]?.fix?.(String(value));
  return typeof advice === 'string' ? { hint: advice } : advice;
}

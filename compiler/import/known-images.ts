/** What images are known to listen on when a Compose file does not say: others on its network reach it there. */
const ports: readonly (readonly [pattern: RegExp, ports: readonly number[], http?: number])[] = [
  [/(?:^|\/)postgres(?:ql)?(?:$|-)|(?:^|\/)(?:postgis|timescaledb|pgvector)$|-postgresql$/, [5432]],
  [/(?:^|\/)(?:mysql|mariadb|percona)$/, [3306]],
  [/(?:^|\/)(?:redis|valkey|keydb|dragonfly|redismod)$/, [6379]],
  [/(?:^|\/)mongo(?:db)?$/, [27_017]],
  [/(?:^|\/)memcached$/, [11_211]],
  [/(?:^|\/)rabbitmq$/, [5672]],
  [/(?:^|\/)nats$/, [4222]],
  [/(?:^|\/)(?:elasticsearch|opensearch)$/, [9200]],
  [/(?:^|\/)minio$/, [9000]],
  [/(?:^|\/)(?:nginx|httpd|caddy|whoami|wordpress|nextcloud)$/, [80], 80],
  [/(?:^|\/)authelia$/, [9091], 9091],
  [/(?:^|\/)(?:gitea|forgejo|grafana)$/, [3000], 3000],
  [/(?:^|\/)gitlab-(?:ce|ee)$/, [80, 22], 80],
  [/(?:^|\/)prometheus$/, [9090], 9090],
];

/** `ghcr.io/requarks/wiki:2@sha256:…` → `ghcr.io/requarks/wiki`. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

export function knownPorts(image: string): readonly number[] {
  return find(image)?.[1] ?? [];
}

/** The port on which it speaks HTTP. */
export function knownHttpPort(image: string): number | undefined {
  return find(image)?.[2];
}

function find(image: string) {
  const repository = repositoryOf(image).toLowerCase();
  return ports.find(([pattern]) => pattern.test(repository));
}

/** Images whose first process is s6-overlay or another init of their own: under one of the engine they do not start. */
const withInit: readonly RegExp[] = [
  /^(?:lscr\.io\/|ghcr\.io\/)?linuxserver\//,
  /^(?:ghcr\.io\/)?hotio\//,
  /^(?:ghcr\.io\/)?home-assistant\/home-assistant$|^homeassistant\/home-assistant$/,
  /^(?:ghcr\.io\/)?(?:crazymax|jlesage)\//,
  /^jc21\/nginx-proxy-manager$/,
  /^ghcr\.io\/blakeblackshear\/frigate$/,
  /^(?:ghcr\.io\/)?paperless-ngx\/paperless-ngx$|^paperlessngx\/paperless-ngx$/,
  /^plexinc\/pms-docker$/,
];

/** Whether an image brings the process that must be its first one. */
export function bringsInit(image: string): boolean {
  const repository = repositoryOf(image)
    .toLowerCase()
    .replace(/^docker\.io\//, '');
  return withInit.some((pattern) => pattern.test(repository));
}

/** Images that read a variable from the file that `<name>_FILE` names, as their documentation says. */
const readFromFiles: readonly (readonly [image: RegExp, variable: RegExp, suffix: string])[] = [
  [/^(?:library\/)?postgres$|^(?:postgis|timescale)\//, /^POSTGRES_(?:PASSWORD|USER|DB|INITDB_ARGS)$/, '_FILE'],
  [/^(?:library\/)?(?:mysql|mariadb)$/, /^(?:MYSQL|MARIADB)_(?:ROOT_)?(?:PASSWORD|PASSWORD_HASH)$/, '_FILE'],
  [/^(?:library\/)?mongo$/, /^MONGO_INITDB_ROOT_PASSWORD$/, '_FILE'],
  [/^(?:library\/)?wordpress$/, /^WORDPRESS_/, '_FILE'],
  [/^(?:library\/)?nextcloud$/, /^(?:MYSQL|POSTGRES|NEXTCLOUD_ADMIN|SMTP|REDIS_HOST)_PASSWORD$/, '_FILE'],
  [/^grafana\/grafana(?:-oss|-enterprise)?$/, /^GF_/, '__FILE'],
];

/** The name of the variable that takes the path of a file in place of the value; undefined when the image knows none. */
export function fileVariable(image: string, variable: string): string | undefined {
  const repository = repositoryOf(image).replace(/^docker\.io\//, '');
  const known = readFromFiles.find(([pattern, names]) => pattern.test(repository) && names.test(variable));
  return known === undefined ? undefined : variable + known[2];
}

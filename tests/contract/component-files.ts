/** For each component: the least that a file can say of it, and everything. */
export const componentFiles: Readonly<Record<string, { readonly minimal: string; readonly full: string }>> = {
  forgejo: forge('forgejo'),
  gitea: forge('gitea'),
  gitlab: {
    minimal: 'forge: gitlab\n',
    full: `hosts: { local: { engine: unix:///var/run/docker.sock, memory: 32Gi } }
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org } } }
database: postgres
cache: valkey
objects: versitygw
monitoring: prometheus
backup: { use: restic, repository: "s3:https://s3.example.net/backup", password: backup-key }
forge:
  use: gitlab
  host: code
  profile: standard
  database: database
  cache: cache
  storage: objects
  registry: { host: images }
  ssh: { port: 2222 }
  mail: { server: smtp.example.org, port: 465, from: "Git <git@example.org>", replyTo: noreply@example.org, user: git, password: smtp }
  internet: true
  image: "gitlab/gitlab-ee:19.3.0-ee.0"
  size: 200Gi
  limits: { cpus: 6, memory: 12Gi }
  placement: local
secrets:
  smtp: { env: SMTP_PASSWORD }
  backup-key: { file: /etc/autogit/backup-key }
accept: { AG581: the cluster has one node }
`,
  },
  traefik: {
    minimal: 'ingress: traefik\n',
    full: `certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org, groups: [operators] } } }
monitoring: { use: prometheus, dashboards: false }
ingress: { use: traefik, http: 8080, https: 8443, dashboard: { host: page, protect: { by: sso, groups: [operators] } }, image: "traefik:v3.6", limits: { cpus: 2, memory: 1Gi }, placement: local }
services: { web: { image: "nginx:1", port: 80, host: web, protect: none } }
`,
  },
  certificates: {
    minimal: 'certificates: own-ca\nservices: { web: { image: "nginx:1", port: 8080, host: web } }\n',
    full: `certificates:
  issuer: acme
  server: https://ca.home.lan/acme/acme/directory
  email: ops@home.lan
  challenge: dns-01
  provider: cloudflare
  credentials: { api-token: token }
  trust: authority
  image: "alpine/openssl:3"
  placement: local
services: { web: { image: "nginx:1", port: 8080, host: web } }
secrets: { token: { env: TOKEN }, authority: { file: /etc/autogit/authority.pem } }
accept: { AG531: the authority is written into the Issuer by hand }
`,
  },
  authelia: {
    minimal: 'certificates: own-ca\nsso: { use: authelia, users: { ana: { email: ana@example.org } } }\n',
    full: `certificates: own-ca
database: postgres
cache: valkey
forge: gitea
sso:
  use: authelia
  host: login
  users:
    ana: { email: ana@example.org, name: Ana, groups: [admins], password: ana }
    ben: { email: ben@example.org }
  directory: lldap
  mfa: totp
  mail: { server: smtp.example.org, port: 465, from: auth@example.org, user: auth, password: smtp }
  image: "authelia/authelia:4.39"
  size: 2Gi
  limits: { cpus: 2, memory: 512Mi }
  placement: local
services:
  web: { image: "nginx:1", port: 8080, host: web, protect: { by: sso, groups: [admins], open: [/hooks] } }
  wiki: { image: "nginx:1", port: 8080, host: { label: web, path: /wiki }, protect: sso }
secrets: { ana: { env: ANA_PASSWORD }, smtp: { env: SMTP_PASSWORD } }
`,
  },
  lldap: {
    minimal: `certificates: own-ca
sso: { use: authelia, directory: lldap, users: { ana: { email: ana@example.org } } }
`,
    full: `certificates: own-ca
sso:
  use: authelia
  users: { ana: { email: ana@example.org, name: "Ana O'Neil", groups: [admins, family], password: ana } }
  directory: { use: lldap, host: folk, image: "lldap/lldap:v0.6", size: 2Gi, limits: { cpus: 1, memory: 256Mi }, placement: local }
services: { wiki: { image: "wiki:2", needs: [directory] } }
secrets: { ana: { env: ANA_PASSWORD } }
`,
  },
  postgres: {
    minimal: 'database: postgres\n',
    full: `database: { use: postgres, image: "postgres:17", volume: data-17, size: 20Gi, limits: { cpus: 2, memory: 2Gi }, placement: local }
services: { web: { image: "nginx:1", needs: [database] } }
`,
  },
  valkey: store('valkey'),
  redis: store('redis'),
  versitygw: objects('versitygw'),
  garage: objects('garage'),
  coredns: {
    minimal: 'dns: { use: coredns, addresses: [192.168.1.10] }\n',
    full: `dns:
  use: coredns
  addresses: [192.168.1.10, "fd00::10"]
  forward: [192.168.1.1]
  zones: { fritz.box: [192.168.178.1] }
  records: { nas: 192.168.1.5 }
  views: { vpn: { networks: [100.64.0.0/10, "fd01::/64"], addresses: [100.64.0.10] } }
  publicDomain: true
  port: 5353
  listen: 192.168.1.10
  image: "coredns/coredns:1.14.7"
  limits: { cpus: 1, memory: 128Mi }
  placement: local
services: { web: { image: "nginx:1", port: 80, host: web } }
accept: { AG505: the cluster chooses the address }
`,
  },
  distribution: {
    minimal: 'registry: distribution\n',
    full: `registry: { use: distribution, host: images, users: people, storage: disk, collect: daily, removeUntagged: true, image: "registry:3", size: 50Gi, limits: { cpus: 2, memory: 1Gi }, placement: local }
secrets: { people: { file: /etc/autogit/registry-users } }
services: { web: { image: "nginx:1", needs: [registry] } }
`,
  },
  prometheus: {
    minimal: 'monitoring: prometheus\n',
    full: `database: postgres
cache: valkey
dns: { use: coredns, addresses: [192.168.1.10] }
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org, groups: [admins] } } }
monitoring:
  use: prometheus
  retention: 30d
  size: 20Gi
  dashboards: true
  host: grafana
  groups: { admin: [admins], editor: [operators], viewer: [family] }
  machine: true
  autogit: "192.168.1.10:4280"
  alerts:
    email: ops@example.org
    smtp: { server: "smtp.example.org:587", from: autogit@example.org, username: ops, password: smtp-password }
    webhook: alert-address
  image: "prom/prometheus:v3"
  limits: { cpus: 2, memory: 1Gi }
  placement: local
secrets:
  smtp-password: { file: /etc/autogit/smtp-password }
  alert-address: { env: ALERT_ADDRESS }
`,
  },
  restic: {
    minimal: `backup: { use: restic, repository: "s3:https://s3.example.net/backup", password: backup-key }
secrets: { backup-key: { file: /etc/autogit/backup-key } }
`,
    full: `forge: gitea
cache: valkey
backup:
  use: restic
  repository: "s3:https://s3.example.net/backup"
  password: backup-key
  credentials: { AWS_ACCESS_KEY_ID: s3-id, AWS_SECRET_ACCESS_KEY: s3-key }
  schedule: { at: "30 2 * * *", timezone: Europe/Madrid, timeout: 3h }
  keep: { daily: 14, weekly: 8, monthly: 12 }
  verify: "0 6 1 * *"
  image: "restic/restic:0.19.1"
  limits: { cpus: 2, memory: 1Gi }
  placement: local
services:
  notes: { image: "notes:1", volumes: { data: /data, cache: { path: /cache, backup: false } } }
secrets:
  backup-key: { file: /etc/autogit/backup-key }
  s3-id: { env: S3_ID }
  s3-key: { env: S3_KEY }
accept: { AG581: the cluster has one node }
`,
  },
  service: {
    minimal: 'services: { web: { image: "nginx:1" } }\n',
    full: `database: postgres
services:
  other: { image: "nginx:1", ports: { metrics: 9100 }, replicas: 2, protect: none, port: 8080, host: other }
  job: { image: "nginx:1", schedule: { at: "0 3 * * *", timezone: Europe/Madrid } }
  machine:
    image: "nginx:1"
    build: { context: "https://git.example.org/ops/machine.git#main" }
    gpu: { vendor: nvidia, count: 1 }
    ulimits: { nofile: 65536 }
    sysctls: { net.core.somaxconn: 1024 }
    devices: [/dev/dri/renderD128]
  watch: { image: "nginx:1", hostNetwork: true }
  web:
    image: "ghcr.io/example/web:1.2"
    workingDirectory: /srv
    tmpfs: [/run/web]
    shm: 128Mi
    configs: { web.conf: { path: /etc/web.conf, text: "a = 1" } }
    aliases: [www]
    extraHosts: { printer.lan: 192.168.1.9 }
    entrypoint: [/bin/web]
    command: [serve, --listen, ":8080"]
    port: 8080
    ports:
      admin: 9000
      dns: { port: 5353, protocol: udp, publish: 53 }
      metrics: { port: 9100, publish: { port: 9100 } }
    host: web
    volumes: { data: /data, cache: { path: /cache, size: 2Gi } }
    environment: { TEXT: "a $b \\"c\\"", NUMBER: 1.5, FLAG: true, KEY_FILE: { secret: key } }
    secrets: [certificate]
    health: { http: /healthz, interval: 10s, timeout: 2s, retries: 5, start: 2m }
    needs: [database, other]
    limits: { cpus: 0.5, memory: 256Mi }
    user: "1000:1000"
    internet: true
    readOnly: true
    init: false
    capabilities: [NET_BIND_SERVICE]
    stateful: true
    stop: { grace: 30s }
    placement: local
hosts: { local: { engine: "unix:///var/run/docker.sock", gpus: { nvidia: exclusive } } }
accept:
  AG520: the container runtime of the nodes sets it
  AG521: a device plugin is there
  AG522: the kubelet allows it
  AG524: it watches the node itself
  AG550: one copy is enough there
secrets:
  key: { env: KEY }
  certificate: { file: /etc/autogit/certificate }
`,
  },
};

function store(use: string) {
  return {
    minimal: `cache: ${use}\n`,
    full: `cache: { use: ${use}, persistent: false, eviction: least-recent, image: "example.org/store:8", size: 5Gi, limits: { cpus: 2, memory: 1Gi }, placement: local }
services: { web: { image: "nginx:1", needs: [cache] } }
`,
  };
}

function objects(use: string) {
  return {
    minimal: `objects: ${use}\n`,
    full: `registry: { use: distribution, storage: objects }
objects: { use: ${use}, host: s3, clients: [laptop], region: eu-west-1, image: "example.org/store:1", size: 200Gi, limits: { cpus: 2, memory: 1Gi }, placement: local }
services: { photos: { image: "nginx:1", needs: [objects] } }
`,
  };
}

function forge(use: string) {
  return {
    minimal: `forge: ${use}\n`,
    full: `database: postgres
forge:
  use: ${use}
  host: code
  token: api-token
  database: database
  ssh: { port: 2222 }
  registration: closed
  internet: true
  image: "example.org/forge:1-rootless"
  size: 20Gi
  limits: { cpus: 4, memory: 4Gi }
  placement: local
secrets:
  api-token: { file: /etc/autogit/forge-token }
`,
  };
}

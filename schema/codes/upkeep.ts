import type { Code } from '../codes.ts';

/** Monitoring and backups: what they leave out, as a check and as a limit of a target. */
export const upkeep: Readonly<Record<string, Code>> = {
  AG434: {
    title: 'a folder of the host that no backup holds',
    why: 'The backup copies volumes. A folder of the host is often far bigger and shared with other programs, so somebody has to decide.',
    wrong: `name: home
domain: home.lan
backup: { use: restic, repository: "s3:https://s3.example.net/backup", password: key }
services:
  photos: { image: "photos:1", volumes: { files: { path: /photos, hostPath: /srv/photos } } }
secrets: { key: { file: /etc/autogit/backup-key } }
`,
    right: `name: home
domain: home.lan
backup: { use: restic, repository: "s3:https://s3.example.net/backup", password: key }
services:
  photos: { image: "photos:1", volumes: { files: { path: /photos, hostPath: /srv/photos, backup: false } } }
secrets: { key: { file: /etc/autogit/backup-key } }
accept: { AG523: "the cluster has one node" }
`,
    accept: 'the host is backed up by itself',
  },
  AG435: {
    title: 'monitoring that could not tell anybody',
    why: 'A mail needs a server and somebody who gets it, a user of the server a password, and an address a port.',
    wrong: `name: home
domain: home.lan
monitoring: { use: prometheus, alerts: { email: ops@example.org } }
`,
    right: `name: home
domain: home.lan
monitoring:
  use: prometheus
  alerts: { email: ops@example.org, smtp: { server: "smtp.example.org:25", from: autogit@example.org } }
`,
  },
  AG436: {
    title: 'a backup in a folder that other hosts do not have',
    why: 'Every host saves what is on it, and a folder is there on one host alone.',
    wrong: `name: home
domain: home.lan
hosts: { one: "unix:///var/run/docker.sock", two: "tcp://two.lan:2376" }
backup: { use: restic, repository: /mnt/backup, password: key }
services:
  notes: { image: "notes:1", placement: two, volumes: { data: /data } }
secrets: { key: { file: /etc/autogit/backup-key } }
`,
    right: `name: home
domain: home.lan
hosts: { one: "unix:///var/run/docker.sock", two: "tcp://two.lan:2376" }
backup: { use: restic, repository: "rest:https://backup.example.org/home", password: key, placement: one }
services:
  notes: { image: "notes:1", placement: two, volumes: { data: /data } }
secrets: { key: { file: /etc/autogit/backup-key } }
accept: { AG581: "the cluster has one node" }
`,
  },
  AG445: {
    title: 'a user that the directory cannot take',
    why: 'A directory has accounts of its own, for its administrator and for sign-on, and it takes each mail address but once. A user that it does not take could never sign on.',
    wrong: `name: home
domain: home.lan
certificates: own-ca
sso: { use: authelia, directory: lldap, users: { admin: { email: ana@example.org } } }
`,
    right: `name: home
domain: home.lan
certificates: own-ca
sso: { use: authelia, directory: lldap, users: { ana: { email: ana@example.org } } }
`,
  },
  AG580: {
    title: 'a part on another host that monitoring does not see',
    target: 'compose',
    why: 'A Compose network ends at its host, so metrics of other hosts cannot be read over one.',
    wrong: `name: home
domain: home.lan
hosts: { one: "unix:///var/run/docker.sock", two: "tcp://two.lan:2376" }
monitoring: prometheus
dns: { use: coredns, addresses: [192.168.1.10], placement: two }
`,
    right: `name: home
domain: home.lan
hosts: { one: "unix:///var/run/docker.sock", two: "tcp://two.lan:2376" }
monitoring: { use: prometheus, placement: one }
dns: { use: coredns, addresses: [192.168.1.10] }
`,
    accept: 'that host is watched by itself',
  },
  AG441: {
    title: 'a bucket with a name that S3 keeps for itself',
    why: 'A bucket bears the names of the platform and of its client. A few beginnings and ends of names have a meaning of their own in S3, and stores refuse them.',
    wrong: `name: home
domain: home.lan
objects: versitygw
services:
  s3alias: { image: "alias:1", needs: [objects] }
`,
    right: `name: home
domain: home.lan
objects: versitygw
services:
  alias: { image: "alias:1", needs: [objects] }
`,
  },
  AG442: {
    title: 'a store for clients outside that nothing leads to',
    why: 'Who is named under `clients` is no part of the platform and comes through the ingress, which serves the store only under a host.',
    wrong: `name: home
domain: home.lan
objects: { use: versitygw, clients: [laptop] }
`,
    right: `name: home
domain: home.lan
objects: { use: versitygw, host: s3, clients: [laptop] }
`,
  },
  AG443: {
    title: 'a client of the store that is a part of the platform too',
    why: 'A part that needs the store has a bucket and keys that bear its id. Somebody else with the same name would have the same ones.',
    wrong: `name: home
domain: home.lan
objects: { use: versitygw, host: s3, clients: [photos] }
services:
  photos: { image: "photos:1", needs: [objects] }
`,
    right: `name: home
domain: home.lan
objects: { use: versitygw, host: s3, clients: [photos-at-work] }
services:
  photos: { image: "photos:1", needs: [objects] }
`,
  },
  AG444: {
    title: 'a bucket with too long a name',
    why: 'A bucket bears the names of the platform and of its client, and S3 takes 63 characters.',
    wrong: `name: the-platform-of-the-whole-neighbourhood
domain: home.lan
objects: { use: versitygw, host: s3, clients: [the-laptop-that-stands-in-the-kitchen] }
`,
    right: `name: neighbours
domain: home.lan
objects: { use: versitygw, host: s3, clients: [the-laptop-that-stands-in-the-kitchen] }
`,
  },
  AG581: {
    title: 'a backup that mounts volumes beside their owners',
    target: 'kubernetes',
    why: 'Most volumes of a cluster can be mounted on one node at a time, so a job on another node would wait for ever.',
    wrong: `name: home
domain: home.lan
target: kubernetes
forge: gitea
backup: { use: restic, repository: "s3:https://s3.example.net/backup", password: key }
secrets: { key: { env: BACKUP_KEY } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
forge: gitea
backup: { use: restic, repository: "s3:https://s3.example.net/backup", password: key }
secrets: { key: { env: BACKUP_KEY } }
accept: { AG581: "the cluster has one node" }
`,
    accept: 'the cluster has one node',
  },
};

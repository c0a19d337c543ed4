import type { Code } from '../codes.ts';

/** 4xx: parts that are right alone and wrong together. */
export const checks: Readonly<Record<string, Code>> = {
  AG401: {
    title: 'a host or a health check without a port',
    why: 'The image does not say on which port its program listens, so the file has to.',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", host: wiki }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", host: wiki, port: 3000 }
`,
  },
  AG402: {
    title: 'services that wait for each other in a circle',
    why: 'Each waits until the other one runs, so none of them would ever start.',
    wrong: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: [stock] }
  stock: { image: "stock:1", needs: [shop] }
`,
    right: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: [stock] }
  stock: { image: "stock:1", port: 8080 }
`,
  },
  AG403: {
    title: 'two services at one address',
    why: 'Only one of them would be served, and which one is chance.',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: docs }
  docs: { image: "nginx:1.29", port: 80, host: docs }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki }
  docs: { image: "nginx:1.29", port: 80, host: docs }
`,
  },
  AG404: {
    title: 'a port that is taken twice',
    why: 'A port of a host can be given to one container only, and a container names each of its ports once.',
    wrong: `name: home
domain: home.lan
services:
  resolver: { image: "coredns/coredns:1.15.0", ports: { dns: { port: 53, protocol: udp, publish: 53 } } }
  pihole: { image: "pihole/pihole:2025.08.0", ports: { dns: { port: 53, protocol: udp, publish: 53 } } }
`,
    right: `name: home
domain: home.lan
services:
  resolver: { image: "coredns/coredns:1.15.0", ports: { dns: { port: 53, protocol: udp, publish: 53 } } }
  pihole: { image: "pihole/pihole:2025.08.0", ports: { dns: { port: 53, protocol: udp, publish: 5353 } } }
`,
  },
  AG405: {
    title: 'a mount over another one',
    why: 'Of two mounts at one path only one is seen, below a file is no place, and a mount over a folder of the engine breaks the container.',
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    volumes: { data: /data, uploads: /data }
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    volumes: { data: /data, uploads: /data/uploads }
`,
  },
  AG406: {
    title: 'an id that is taken',
    why: 'Ids name containers, volumes, config files and networks. The names of roles are kept free for them.',
    wrong: `name: home
domain: home.lan
services:
  database: { image: "mariadb:11.8" }
`,
    right: `name: home
domain: home.lan
services:
  mariadb: { image: "mariadb:11.8" }
`,
  },
  AG407: {
    title: 'a name that is too long',
    why: 'Object names are made of the name of the platform and ids of the file, and both engines limit them.',
    wrong: `name: the-platform-of-the-whole-department
domain: home.lan
services:
  documentation-for-customers: { image: "nginx:1.29" }
`,
    right: `name: department
domain: home.lan
services:
  documentation-for-customers: { image: "nginx:1.29" }
`,
  },
  AG408: {
    title: 'a pool that is to be larger than its maximum',
    why: '`min` and `idle` can never be reached when `max` is lower.',
    wrong: `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [docker], size: { min: 4, max: 2 } }
`,
    right: `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [docker], size: { min: 2, max: 4 } }
`,
  },
  AG409: {
    title: 'two pools for the same jobs',
    why: 'A warning: a waiting job that both can run counts for both.',
    accept: 'the spare pool has the faster machine and one job never matters',
    wrong: `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [docker] }
  spare: { labels: [docker] }
`,
    right: `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [docker] }
  spare: { labels: [docker-spare] }
`,
  },
  AG411: {
    title: 'limits that are more than a small server has',
    target: 'compose',
    why: 'A warning: what always runs on one host may together use more memory than the host has, or than the 8 GiB of a small server where the file does not say.',
    accept: 'the server has 64 GiB',
    wrong: `name: home
domain: home.lan
services:
  search: { image: "opensearchproject/opensearch:3", limits: { memory: 12Gi } }
`,
    right: `name: home
domain: home.lan
hosts: { local: { engine: unix:///var/run/docker.sock, memory: 64Gi } }
services:
  search: { image: "opensearchproject/opensearch:3", limits: { memory: 12Gi } }
`,
  },
  AG412: {
    title: 'a secret that nothing uses',
    why: 'A warning: it is made or read for nothing, or a reference to it was forgotten.',
    accept: 'the next commit uses it',
    wrong: `name: home
domain: home.lan
secrets:
  mail-users: { file: /etc/autogit/mail-users }
`,
    right: `name: home
domain: home.lan
services:
  mail:
    image: axllent/mailpit:v1.27
    environment: { MP_UI_AUTH_FILE: { secret: mail-users } }
secrets:
  mail-users: { file: /etc/autogit/mail-users }
`,
  },
  AG413: {
    title: 'a time that no calendar has',
    why: 'A job with such a schedule would never run, or not when its author thinks.',
    wrong: `name: home
domain: home.lan
services:
  sweep: { image: "sweep:1", schedule: '0 24 * * *' }
`,
    right: `name: home
domain: home.lan
services:
  sweep: { image: "sweep:1", schedule: '0 0 * * *' }
`,
  },
  AG414: {
    title: 'a time zone that nobody knows',
    why: 'Zones have the names of the IANA database. Abbreviations such as CET are left out on purpose: they do not follow daylight saving time the way most people expect.',
    wrong: `name: home
domain: home.lan
services:
  sweep: { image: "sweep:1", schedule: { at: '0 3 * * *', timezone: Madrid } }
`,
    right: `name: home
domain: home.lan
services:
  sweep: { image: "sweep:1", schedule: { at: '0 3 * * *', timezone: Europe/Madrid } }
`,
  },
  AG415: {
    title: 'a job that is to be reached',
    why: 'A job runs to its end, so most of the time there is nobody to answer.',
    wrong: `name: home
domain: home.lan
services:
  sweep: { image: "sweep:1", port: 80, host: sweep, schedule: '0 3 * * *' }
`,
    right: `name: home
domain: home.lan
services:
  sweep: { image: "sweep:1", schedule: '0 3 * * *' }
`,
  },
  AG416: {
    title: 'a condition that is never met',
    why: 'Only a job that runs once is ever done. What waits for it would wait for good.',
    wrong: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: { stock: done } }
  stock: { image: "stock:1" }
`,
    right: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: { prepare: done } }
  prepare: { image: "prepare:1", schedule: once }
`,
  },
  AG417: {
    title: 'more than the host has',
    why: 'A host says how many CPUs and how much memory it has, and one container or runner alone may use more.',
    wrong: `name: home
domain: home.lan
hosts: { local: { engine: unix:///var/run/docker.sock, memory: 4Gi } }
services:
  wiki: { image: "requarks/wiki:2", limits: { memory: 8Gi } }
`,
    right: `name: home
domain: home.lan
hosts: { local: { engine: unix:///var/run/docker.sock, memory: 4Gi } }
services:
  wiki: { image: "requarks/wiki:2", limits: { memory: 2Gi } }
`,
  },
  AG418: {
    title: 'runners of an architecture that no host has',
    why: 'Jobs for it would wait for ever.',
    wrong: `name: home
domain: home.lan
forge: forgejo
hosts: { local: { engine: unix:///var/run/docker.sock, arch: amd64 } }
runners:
  arm: { labels: [arm], arch: [arm64] }
`,
    right: `name: home
domain: home.lan
forge: forgejo
hosts: { local: { engine: unix:///var/run/docker.sock, arch: arm64 } }
runners:
  arm: { labels: [arm], arch: [arm64] }
`,
  },
  AG419: {
    title: 'GPUs that the host does not declare',
    why: 'A GPU is only given to who asks for it, from what its host says it has.',
    wrong: `name: home
domain: home.lan
services:
  llm: { image: "llm:1", gpu: nvidia }
`,
    right: `name: home
domain: home.lan
hosts: { local: { engine: unix:///var/run/docker.sock, gpus: { nvidia: exclusive } } }
services:
  llm: { image: "llm:1", gpu: nvidia }
`,
  },
  AG420: {
    title: 'more GPUs than the host has',
    why: 'In exclusive mode each GPU has one user.',
    wrong: `name: home
domain: home.lan
hosts: { local: { engine: unix:///var/run/docker.sock, gpus: { nvidia: { count: 1 } } } }
services:
  llm: { image: "llm:1", gpu: nvidia }
  draw: { image: "draw:1", gpu: nvidia }
`,
    right: `name: home
domain: home.lan
hosts: { local: { engine: unix:///var/run/docker.sock, gpus: { nvidia: { mode: shared, count: 1 } } } }
services:
  llm: { image: "llm:1", gpu: nvidia }
  draw: { image: "draw:1", gpu: nvidia }
`,
  },
};

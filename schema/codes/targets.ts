import type { Code } from '../codes.ts';

/** 5xx: what a target cannot do. */
export const targets: Readonly<Record<string, Code>> = {
  AG501: {
    title: 'a secret in a variable, which Compose would show',
    target: 'compose',
    why: 'The environment of a container is shown by `docker inspect` to all who may ask the engine. Most images also read the path of a file from a variable whose name ends in `_FILE`; where an image does not, `accept` the code with a reason.',
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: "requarks/wiki:2"
    environment: { DB_PASS: { secret: wiki-db } }
secrets:
  wiki-db: { generate: { length: 32 } }
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: "requarks/wiki:2"
    environment: { DB_PASS_FILE: { secret: wiki-db } }
secrets:
  wiki-db: { generate: { length: 32 } }
`,
  },
  AG502: {
    title: 'a link from one Docker host to another',
    target: 'compose',
    why: 'A Compose project and its networks end at their host, so the one cannot reach the other. On Kubernetes it can.',
    wrong: `name: home
domain: home.lan
hosts: { one: "unix:///var/run/docker.sock", two: "ssh://ops@two.lan" }
services:
  shop: { image: "shop:1", placement: one, needs: [stock] }
  stock: { image: "stock:1", port: 8080, placement: two }
`,
    right: `name: home
domain: home.lan
hosts: { one: "unix:///var/run/docker.sock", two: "ssh://ops@two.lan" }
services:
  shop: { image: "shop:1", placement: two, needs: [stock] }
  stock: { image: "stock:1", port: 8080, placement: two }
`,
  },
  AG503: {
    title: 'a container on a host without an engine',
    target: 'compose',
    why: 'A `process` host runs runners as local processes; there is nothing on it that could run an image.',
    wrong: `name: home
domain: home.lan
hosts: { mac: { engine: process } }
services:
  shop: { image: "shop:1", placement: mac }
`,
    right: `name: home
domain: home.lan
hosts: { local: "unix:///var/run/docker.sock", mac: { engine: process } }
services:
  shop: { image: "shop:1", placement: local }
`,
  },
  AG504: {
    title: 'two objects with one name',
    why: 'Names of networks and objects are made of the names of services. Two pairs of names that read the same when they are joined would share one object, and with it what may reach what.',
    wrong: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: [api-stock] }
  api-stock: { image: "stock:1", port: 8080 }
  shop-api: { image: "shop:1", needs: [stock] }
  stock: { image: "stock:1", port: 8080 }
`,
    right: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: [stock-api] }
  stock-api: { image: "stock:1", port: 8080 }
  shop-api: { image: "shop:1", needs: [stock] }
  stock: { image: "stock:1", port: 8080 }
`,
  },
  AG505: {
    title: 'an address of a host on Kubernetes',
    target: 'kubernetes',
    why: 'A published port becomes a load balancer there, whose address the cluster chooses.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  shop:
    image: "shop:1"
    ports: { admin: { port: 9000, publish: { port: 9000, address: 127.0.0.1 } } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  shop:
    image: "shop:1"
    ports: { admin: { port: 9000, publish: 9000 } }
`,
  },
  AG506: {
    title: 'a stop signal on Kubernetes',
    target: 'kubernetes',
    why: 'Kubernetes stops a container with the STOPSIGNAL of its image and takes no other.',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", stop: { signal: SIGINT } }
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  shop: { image: "shop:1", stop: { grace: 10s } }
`,
  },
  AG541: {
    title: 'a patch that changes nothing',
    why: 'A warning: the object is rendered like that already, often since an upgrade, or the patch says less than its writer thinks.',
    accept: 'the next release of the component needs it again',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2" }
patches:
  - target: { kind: service, name: wiki }
    why: children are reaped
    merge: { init: true }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2" }
patches:
  - target: { kind: service, name: wiki }
    why: more processes for the importer
    merge: { deploy: { resources: { limits: { pids: 9000 } } } }
`,
  },
  AG550: {
    title: 'several copies on a Docker host',
    target: 'compose',
    why: 'A Compose project runs one container of each service, and the reconciler replaces it without a gap where ports and volumes allow that. Kubernetes runs as many as the file asks for. Accept the code when the same file is compiled for both.',
    wrong: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", port: 8080, replicas: 3 }
`,
    right: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", port: 8080 }
`,
  },
  AG551: {
    title: 'a link of a service on the network of its host',
    target: 'compose',
    why: 'Such a container is on no network of the platform: others find no name that leads to it, and it finds none of theirs. That includes the ingress.',
    wrong: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: [stock] }
  stock: { image: "stock:1", port: 8080, hostNetwork: true }
`,
    right: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: [stock] }
  stock: { image: "stock:1", port: 8080 }
`,
  },
  AG552: {
    title: 'a setting that the network of the host does not have',
    target: 'compose',
    why: 'On the network of the host the program listens on the ports of the host itself. There is nothing in between that could map a port, choose an address, bear another name or have kernel settings of its own.',
    wrong: `name: home
domain: home.lan
services:
  discovery:
    image: "discovery:1"
    hostNetwork: true
    ports: { mdns: { port: 5353, protocol: udp, publish: 53 } }
`,
    right: `name: home
domain: home.lan
services:
  discovery:
    image: "discovery:1"
    hostNetwork: true
    ports: { mdns: { port: 5353, protocol: udp, publish: 5353 } }
accept: { AG524: "there is one node" }
`,
  },
  AG553: {
    title: 'a name that two services answer to',
    target: 'compose',
    why: 'An engine that knows two containers of one name answers with either of them, now this one and now that one.',
    wrong: `name: home
domain: home.lan
services:
  fast: { image: "valkey:8", port: 6379 }
  store: { image: "valkey:8", port: 6379, aliases: [fast] }
`,
    right: `name: home
domain: home.lan
services:
  fast: { image: "valkey:8", port: 6379 }
  store: { image: "valkey:8", port: 6379, aliases: [kept] }
`,
  },
  AG555: {
    title: 'GPUs that cannot be told apart',
    target: 'compose',
    why: 'AMD and Intel GPUs are device nodes that the kernel numbers in the order in which it finds them. With GPUs of two vendors in one host nobody knows whose numbers are whose, so a container would get them all.',
    wrong: `name: home
domain: home.lan
hosts:
  local:
    engine: "unix:///var/run/docker.sock"
    gpus: { amd: { count: 1 }, intel: { count: 1 } }
services:
  train: { image: "train:1", gpu: amd }
`,
    right: `name: home
domain: home.lan
hosts:
  local:
    engine: "unix:///var/run/docker.sock"
    gpus: { amd: { count: 1 } }
services:
  train: { image: "train:1", gpu: amd }
`,
  },
  AG556: {
    title: 'a user that may not be allowed to use the GPU',
    target: 'compose',
    why: 'The device nodes of AMD and Intel GPUs belong to a group (`render` or `video`) whose number is another one on each host. A program that does not run as root must be in that group.',
    wrong: `name: home
domain: home.lan
hosts:
  local:
    engine: "unix:///var/run/docker.sock"
    gpus: { amd: { count: 1 } }
services:
  train: { image: "train:1", gpu: amd, user: "1000:1000" }
`,
    right: `name: home
domain: home.lan
hosts:
  local:
    engine: "unix:///var/run/docker.sock"
    gpus: { amd: { count: 1 } }
services:
  train: { image: "train:1", gpu: amd, user: "1000:993" }
accept: { AG556: "993 is the group render of this host" }
`,
  },
  AG557: {
    title: 'a kernel setting of the whole machine',
    target: 'compose',
    why: 'Only settings that have a value of their own in each container can be given to one: those of its network, and of shared memory and message queues.',
    wrong: `name: home
domain: home.lan
services:
  search:
    image: "search:1"
    sysctls: { vm.max_map_count: 262144 }
`,
    right: `name: home
domain: home.lan
services:
  search:
    image: "search:1"
    sysctls: { net.ipv4.ip_unprivileged_port_start: 80 }
`,
  },
  AG558: {
    title: 'a soft limit above the hard one',
    target: 'compose',
    why: 'The kernel refuses such a pair, so the container would never start.',
    wrong: `name: home
domain: home.lan
services:
  search:
    image: "search:1"
    ulimits: { nofile: { soft: 65536, hard: 1024 } }
`,
    right: `name: home
domain: home.lan
services:
  search:
    image: "search:1"
    ulimits: { nofile: { soft: 1024, hard: 65536 } }
accept: { AG520: "the nodes allow as much" }
`,
  },
  AG559: {
    title: 'a secret of a cluster on a Docker host',
    target: 'compose',
    why: '`kubernetes` names a Secret that is in the cluster already. A Docker host has no cluster to read it from.',
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: "requarks/wiki:2"
    secrets: [mail]
secrets:
  mail: { kubernetes: { name: mail, key: password } }
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: "requarks/wiki:2"
    secrets: [mail]
secrets:
  mail: { env: AUTOGIT_SECRET_MAIL }
`,
  },
  AG560: {
    title: 'a fixed address that hides a service',
    target: 'compose',
    why: 'A line in the hosts file of a container comes before the names of services, so the name would no longer lead to the service.',
    wrong: `name: home
domain: home.lan
services:
  shop:
    image: "shop:1"
    needs: [stock]
    extraHosts: { stock: 192.168.1.20 }
  stock: { image: "stock:1", port: 8080 }
`,
    right: `name: home
domain: home.lan
services:
  shop:
    image: "shop:1"
    needs: [stock]
    extraHosts: { warehouse.home.lan: 192.168.1.20 }
  stock: { image: "stock:1", port: 8080 }
`,
  },
};

import type { Code } from '../codes.ts';

/** 5xx: what a target cannot do. */
export const targets: Readonly<Record<string, Code>> = {
  AG501: {
    title: 'a secret in a variable, which Compose would show',
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
};

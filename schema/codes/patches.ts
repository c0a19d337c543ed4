import type { Code } from '../codes.ts';

/** Patches of rendered objects; what a namespace refuses of them stands with the other limits of Kubernetes. */
export const patches: Readonly<Record<string, Code>> = {
  AG510: {
    title: 'a patch of something that is not rendered',
    why: 'A patch without its target would do nothing, and nobody would notice. Names of objects are those in the rendered files.',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2" }
patches:
  - target: { kind: service, name: wikki }
    why: more processes for the importer
    merge: { init: false }
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
  AG511: {
    title: 'a patch that cannot be applied',
    why: 'A step of a JSON patch names a place that the object does not have, or tests for a value that is another one.',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2" }
patches:
  - target: { kind: service, name: wiki }
    why: more processes for the importer
    json: [{ op: replace, path: /deploy/resources/limits/pid, value: 9000 }]
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2" }
patches:
  - target: { kind: service, name: wiki }
    why: more processes for the importer
    json: [{ op: replace, path: /deploy/resources/limits/pids, value: 9000 }]
`,
  },
  AG512: {
    title: 'a patch that makes something invalid',
    why: 'The patched object has to be what Compose and Kubernetes know, and for Compose also what the reconciler carries out.',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2" }
patches:
  - target: { kind: service, name: wiki }
    why: more processes for the importer
    merge: { ports: many }
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
  AG535: {
    title: 'a patch after which something cannot work',
    target: 'compose',
    why: 'Each object fits its schema, and together they do not work: a Service that selects no pod, a volume that is mounted and not there, two services on one port of a host, a wait for health without a health check. Without the patch all of this is made from one place in the file.',
    accept: 'the endpoints of that Service are written by hand',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", volumes: { data: /data } }
patches:
  - target: { kind: service, name: wiki }
    why: drafts need no disk
    merge: { tmpfs: [/data] }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", volumes: { data: /data } }
patches:
  - target: { kind: service, name: wiki }
    why: drafts need no disk
    merge: { tmpfs: [/data/drafts] }
`,
  },
  AG536: {
    title: 'a patch that names what is not rendered',
    target: 'kubernetes',
    why: 'A pod waits for ever for a ConfigMap, a Secret, a claim or an account that nobody makes, and a route leads nowhere without its Service. Optional references are free.',
    accept: 'the cluster has this ConfigMap already',
    wrong: `name: home
domain: home.lan
target: kubernetes
services:
  wiki: { image: "requarks/wiki:2" }
patches:
  - target: { kind: Deployment, name: home-wiki }
    why: the proxy of the company
    json: [{ op: add, path: /spec/template/spec/containers/0/envFrom, value: [{ configMapRef: { name: proxy } }] }]
`,
    right: `name: home
domain: home.lan
target: kubernetes
services:
  wiki: { image: "requarks/wiki:2" }
patches:
  - target: { kind: Deployment, name: home-wiki }
    why: the proxy of the company
    json: [{ op: add, path: /spec/template/spec/containers/0/envFrom, value: [{ configMapRef: { name: proxy, optional: true } }] }]
`,
  },
};

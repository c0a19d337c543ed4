import type { Code } from '../codes.ts';

/** 2xx: keys and values, each for itself. */
export const shape: Readonly<Record<string, Code>> = {
  AG201: {
    title: `an unknown key`,
    why: `A key that nothing reads is a key whose wish is not granted, so each one is an error.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: { imgae: requarks/wiki:2 }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2 }
`,
  },
  AG202: {
    title: `a missing key`,
    why: `Without this key the file does not say enough.`,
    wrong: `name: home
domain: home.lan
services:
  wiki: { port: 3000 }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: requarks/wiki:2, port: 3000 }
`,
  },
  AG203: {
    title: `a value of the wrong type`,
    why: `Text, numbers, \`true\`/\`false\`, lists and maps are told apart. In quotes everything is text; \`no\`, \`on\` and \`yes\` are text too.`,
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    port: '3000'
    command: npm start
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    port: 3000
    command: [npm, start]
`,
  },
  AG204: {
    title: `a value that is none of the known ones`,
    why: `Only the values that the message lists mean something here.`,
    wrong: `name: home
domain: home.lan
forge: forgejoo
`,
    right: `name: home
domain: home.lan
forge: forgejo
`,
  },
  AG205: {
    title: `a quantity without its unit, or with another one`,
    why: `Memory and storage are counted in binary units (\`Ki Mi Gi Ti\`), time in \`s m h d\`, CPUs as a number with at most three decimals. \`64MB\` would be another size than \`64Mi\`, and a bare number could mean anything.`,
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    limits: { memory: 64MB }
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    limits: { memory: 64Mi }
`,
  },
  AG206: {
    title: `a name with characters that it cannot have`,
    why: `Names become names of containers, of objects in Kubernetes and of hosts in DNS, which only allow lower-case letters, digits and dashes.`,
    wrong: `name: home
domain: home.lan
services:
  My_Wiki: { image: requarks/wiki:2 }
`,
    right: `name: home
domain: home.lan
services:
  my-wiki: { image: requarks/wiki:2 }
`,
  },
  AG207: {
    title: `a number outside its range`,
    why: `The message says what is the least and the most.`,
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    port: 70000
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    port: 3000
`,
  },
  AG208: {
    title: `too many or too few`,
    why: `An empty list or map where one item is needed, or more than can be handled.`,
    wrong: `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [] }
`,
    right: `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [docker] }
`,
  },
  AG209: {
    title: `not exactly one of several keys`,
    why: `These keys exclude each other, and one of them is needed.`,
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    port: 3000
    health: { http: /healthz, tcp: true }
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    port: 3000
    health: { http: /healthz }
`,
  },
  AG210: {
    title: `the same item twice in a list`,
    why: `The second one says nothing.`,
    wrong: `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [docker, docker] }
`,
    right: `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [docker] }
`,
  },
  AG211: {
    title: `text of the wrong form`,
    why: `Images, paths, addresses and users have a form of their own; the message shows an example.`,
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    volumes: { data: data }
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    volumes: { data: /data }
`,
  },
  AG212: {
    title: `a version of the language that is not known`,
    why: `A file of a newer version can mean things that this AutoGit does not know.`,
    wrong: `version: 2
name: home
domain: home.lan
`,
    right: `version: 1
name: home
domain: home.lan
`,
  },
  AG213: {
    title: `a value that the program would see differently`,
    why: `YAML reads \`1.10\` as the number 1.1 and \`True\` as true. A program would be given that, and not what stands in the file.`,
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    environment: { VERSION: 1.10 }
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: requarks/wiki:2
    environment: { VERSION: '1.10' }
`,
  },
  AG214: {
    title: `a secret value in the file`,
    why: `The file is in Git, where everyone who may read it reads the secret, for ever. The file only says where the value comes from.`,
    wrong: `name: home
domain: home.lan
services:
  mail: { image: postfix:3, secrets: [smtp] }
secrets:
  smtp: hunter2
`,
    right: `name: home
domain: home.lan
services:
  mail: { image: postfix:3, secrets: [smtp] }
secrets:
  smtp: { env: SMTP_PASSWORD }
`,
  },
};

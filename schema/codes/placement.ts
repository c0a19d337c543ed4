import type { Code } from '../codes.ts';

/** 47x: where parts run, and what runs beside them. */
export const placement: Readonly<Record<string, Code>> = {
  AG470: {
    title: 'data that would change hosts with the next host',
    target: 'compose',
    why: 'Without `placement` a part runs on the first Docker host by name. A new host whose name comes before the others takes it over, and there it would start without its data. The reconciler does not do that: it holds the part where its data are until the file names the host.',
    accept: 'no host will be added before this one',
    wrong: `name: home
domain: home.lan
hosts: { nas: "tcp://nas.lan:2376", server: "unix:///var/run/docker.sock" }
services:
  photos: { image: "photos:1", volumes: { originals: /originals } }
`,
    right: `name: home
domain: home.lan
hosts: { nas: "tcp://nas.lan:2376", server: "unix:///var/run/docker.sock" }
services:
  photos: { image: "photos:1", volumes: { originals: /originals }, placement: server }
`,
  },
  AG471: {
    title: "environments that are in each other's way",
    why: 'Two platforms of one name on one engine would have containers and volumes of the same names, and a port of a host is published once. It is a warning, because the same address may be that of two machines: each has its own `/var/run/docker.sock`.',
    accept: 'staging runs on another machine, or when the platform itself does not',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", volumes: { data: /data } }
environments:
  staging: { domain: staging.home.lan }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", volumes: { data: /data } }
environments:
  staging: { name: staging, domain: staging.home.lan }
`,
  },
  AG472: {
    title: 'a part of an environment that is nearly called like one of the file',
    why: 'An environment changes what bears the same name and adds what bears another one. With a slip of the hand the part of the file stays as it is, and a second one runs beside it.',
    accept: 'the two are different parts',
    wrong: `name: home
domain: home.lan
services:
  homepage: { image: "page:1" }
environments:
  staging: { name: staging, services: { homepgae: { image: "page:2" } } }
`,
    right: `name: home
domain: home.lan
services:
  homepage: { image: "page:1" }
environments:
  staging: { name: staging, services: { homepage: { image: "page:2" } } }
`,
  },
};

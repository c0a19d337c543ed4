import type { Code } from '../codes.ts';

/** 47x: where parts run. */
export const placement: Readonly<Record<string, Code>> = {
  AG470: {
    title: 'data that would change hosts with the next host',
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
};

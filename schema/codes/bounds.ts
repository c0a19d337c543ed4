import type { Code } from '../codes.ts';

/** 48x: what an engine refuses to hold or to start, or would be harmed by. */
export const bounds: Readonly<Record<string, Code>> = {
  AG480: {
    title: "a namespace that is the cluster's own",
    why: 'The namespace of a platform gets a Pod Security level and a policy that denies every connection that no need allows. In `kube-system` that would stop the name server of the cluster, in `default` whatever else lies there.',
    wrong: `name: home
domain: home.lan
target: kubernetes
cluster: { namespace: kube-system }
services:
  wiki: { image: "requarks/wiki:2" }
`,
    right: `name: home
domain: home.lan
target: kubernetes
cluster: { namespace: home }
services:
  wiki: { image: "requarks/wiki:2" }
`,
  },
  AG481: {
    title: 'config files that are too large together',
    why: 'On Kubernetes all config files of a service lie in one ConfigMap, whose values may have 1 MiB (1048576 bytes) together.',
    note: 'Put large files into the image or a volume. An example would be larger than this page.',
  },
  AG482: {
    title: 'less memory than a container needs to start',
    why: 'Docker refuses a limit below 6 MiB, and where an engine takes it, the kernel ends the program that starts the container.',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", limits: { memory: 512Ki } }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", limits: { memory: 512Mi } }
`,
  },
};

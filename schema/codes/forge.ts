import type { Code } from '../codes.ts';

/** What a forge asks of the parts around it, and of its own settings. */
export const forge: Readonly<Record<string, Code>> = {
  AG310: {
    title: 'a pool whose forge gives no jobs',
    why: 'AutoGit makes runners for jobs that it sees waiting, and it does not read the queue of this forge. The pool would stay empty while jobs wait.',
    wrong: `name: home
domain: home.lan
forge: gitlab
runners:
  linux: { labels: [docker] }
`,
    right: `name: home
domain: home.lan
forge: gitlab
services:
  runner: { image: "gitlab/gitlab-runner:alpine-v19.3.0", volumes: { config: /etc/gitlab-runner }, needs: [forge] }
`,
  },
  AG311: {
    title: 'a database of a version that the forge does not take',
    why: 'The forge looks at the version of the server and does not start on one that is older or newer than it was made for.',
    wrong: `name: home
domain: home.lan
forge: gitlab
database: { use: postgres, image: "postgres:16" }
`,
    right: `name: home
domain: home.lan
forge: gitlab
database: { use: postgres, image: "postgres:17.11" }
`,
  },
  AG312: {
    title: 'a cache that forgets what its client must keep',
    why: 'A cache that makes room by throwing entries away loses the background jobs of the forge without a word: mails, merges and pipelines that never come.',
    wrong: `name: home
domain: home.lan
forge: gitlab
cache: { use: valkey, eviction: least-recent }
`,
    right: `name: home
domain: home.lan
forge: { use: gitlab, cache: bundled }
cache: { use: valkey, eviction: least-recent }
services:
  wiki: { image: "requarks/wiki:2", needs: [cache] }
`,
  },
  AG437: {
    title: 'a forge with too little memory to start',
    why: 'It would be ended by the kernel while it starts, and started again, for ever.',
    wrong: `name: home
domain: home.lan
forge: { use: gitlab, limits: { memory: 1Gi } }
`,
    right: `name: home
domain: home.lan
forge: { use: gitlab, limits: { memory: 5Gi } }
`,
  },
  AG438: {
    title: 'a version of the forge that is too old',
    why: 'It has other settings than those that AutoGit writes, and would refuse them or, worse, leave them out.',
    wrong: `name: home
domain: home.lan
forge: { use: gitlab, image: "gitlab/gitlab-ce:15.11.0-ce.0" }
`,
    right: `name: home
domain: home.lan
forge: { use: gitlab, image: "gitlab/gitlab-ce:19.2.4-ce.0" }
`,
  },
  AG439: {
    title: 'mail that could never be sent',
    why: 'The forge finds it out with the first message, long after the change that caused it.',
    wrong: `name: home
domain: home.lan
forge: { use: gitlab, mail: { server: smtp.example.org, from: Git } }
`,
    right: `name: home
domain: home.lan
forge: { use: gitlab, mail: { server: smtp.example.org, from: Git <git@example.org> } }
`,
  },
  AG440: {
    title: 'a forge whose image does not say its version',
    why: 'A warning: settings, versions of the database and required stops of an upgrade depend on the version, and a tag such as `latest` can jump over a stop at any start.',
    accept: 'the image is of our own and is always the newest 19.5',
    wrong: `name: home
domain: home.lan
forge: { use: gitlab, image: "gitlab/gitlab-ce:latest" }
`,
    right: `name: home
domain: home.lan
forge: { use: gitlab, image: "gitlab/gitlab-ce:19.5.3-ce.0" }
`,
  },
};

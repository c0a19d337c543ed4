import type { Code } from '../codes.ts';

/** 3xx: what one part of the file says of another. */
export const references: Readonly<Record<string, Code>> = {
  AG301: {
    title: 'a need names nothing that runs here',
    why: '`needs` opens the network between two parts and waits for the other one. A name that nothing has would leave the service cut off.',
    wrong: `name: home
domain: home.lan
database: postgres
services:
  wiki:
    image: requarks/wiki:2
    needs: [databse]
`,
    right: `name: home
domain: home.lan
database: postgres
services:
  wiki:
    image: requarks/wiki:2
    needs: [database]
`,
  },
  AG302: {
    title: 'a secret that is not declared',
    why: 'A secret is used by the id that it has under `secrets`, where the file says where its value comes from. Passwords between components are there by themselves, for example `wiki-database-password`.',
    wrong: `name: home
domain: home.lan
services:
  mail:
    image: axllent/mailpit:v1.27
    environment: { MP_UI_AUTH_FILE: { secret: mail-usres } }
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
  AG303: {
    title: 'a host that is not declared',
    why: '`placement` and the `hosts` of a pool name hosts by their id under `hosts`.',
    wrong: `name: home
domain: home.lan
hosts:
  big-box: ssh://ops@big-box.lan
services:
  wiki: { image: requarks/wiki:2, placement: bigbox }
`,
    right: `name: home
domain: home.lan
hosts:
  big-box: ssh://ops@big-box.lan
services:
  wiki: { image: requarks/wiki:2, placement: big-box }
`,
  },
  AG304: {
    title: 'a part that needs a role which is not in the file',
    why: 'Runners take their jobs from a forge, and a forge that is to use the database needs one.',
    wrong: `name: home
domain: home.lan
runners:
  linux: { labels: [docker] }
`,
    right: `name: home
domain: home.lan
forge: forgejo
runners:
  linux: { labels: [docker] }
`,
  },
  AG305: {
    title: 'a setting that has no effect here',
    why: 'Nothing reads it, because of another setting. What looks as if it worked is worse than an error.',
    wrong: `name: home
domain: home.lan
forge:
  use: gitea
  url: https://git.example.org
  ssh: { port: 2222 }
`,
    right: `name: home
domain: home.lan
forge:
  use: gitea
  url: https://git.example.org
`,
  },
  AG306: {
    title: 'a file of the repository that cannot be used',
    why: 'The content of the file becomes part of what is rendered, so it has to be there, in the same commit, as UTF-8 text.',
    wrong: `name: home
domain: home.lan
services:
  wiki:
    image: "requarks/wiki:2"
    configs: { config.yml: { path: /wiki/config.yml, file: config/wiki.yml } }
`,
    right: `name: home
domain: home.lan
services:
  wiki:
    image: "requarks/wiki:2"
    configs: { config.yml: { path: /wiki/config.yml, text: "port: 3000" } }
`,
  },
  AG307: {
    title: 'a key that no environment can change',
    why: 'An environment says what differs in one installation. The version of the language and the list of environments belong to the file as a whole.',
    wrong: `name: home
domain: home.lan
environments:
  staging: { version: 1, domain: staging.home.lan }
`,
    right: `name: home
domain: home.lan
environments:
  staging: { domain: staging.home.lan }
`,
  },
  AG308: {
    title: 'an environment that removes what is not there',
    why: '`null` removes a key of the file. Where there is none, the name is misspelt, or the line is left over from something that is gone.',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2" }
environments:
  staging: { services: { wikki: null } }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2" }
environments:
  staging: { services: { wiki: null } }
`,
  },
  AG309: {
    title: 'an environment that the file does not have',
    why: '`-e` names one of the entries of `environments`.',
    note: '`autogit validate` checks every environment of the file; `autogit compile -e staging` renders one.',
  },
};

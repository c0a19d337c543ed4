import type { Code } from '../codes.ts';

/** 45x and 46x: what can be carried out and is hardly what was meant. */
export const doubts: Readonly<Record<string, Code>> = {
  AG455: {
    title: 'a variable that nothing fills in',
    why: 'Compose replaces a `$` with a name in braces from the environment in which it is called. Here the file alone decides what runs, so the program gets the text as it stands.',
    accept: 'the program fills in its own variables',
    wrong: `name: home
domain: home.lan
services:
  shop:
    image: "shop:1"
    command: ["--name=\${SHOP_NAME}"]
    environment: { DB_HOST: "\${DB_HOST}", DB_PASSWORD: "\${DB_PASSWORD:-}" }
`,
    right: `name: home
domain: home.lan
services:
  shop:
    image: "shop:1"
    command: [sh, -c, 'exec shop --name="\${SHOP_NAME}"']
    environment: { SHOP_NAME: corner, DB_HOST: db.home.lan, DB_PASSWORD_FILE: { secret: shop-db } }
secrets: { shop-db: { env: DB_PASSWORD } }
`,
    note: 'Texts of `configs` are left alone: many programs fill in variables of their files.',
  },
  AG456: {
    title: 'an acceptance of nothing',
    why: 'A line of `accept` holds for the whole file. One that is left over would silence the same finding elsewhere, some day later; one that never accepted anything makes believe that it does.',
    accept: 'the finding comes and goes with what another program writes',
    wrong: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki }
accept: { AG412: "the next commit uses it" }
`,
    right: `name: home
domain: home.lan
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki }
secrets: { wiki-mail: { env: WIKI_MAIL } }
accept: { AG412: "the next commit uses it" }
`,
  },
  AG458: {
    title: 'a pool that its hosts cannot hold',
    target: 'compose',
    why: 'The runners that are always there may together use more memory than all hosts of the pool have. Under load the kernel would end some of them in the middle of a job.',
    accept: 'a runner uses a tenth of what it may',
    wrong: `name: home
domain: home.lan
hosts:
  one: { engine: unix:///var/run/docker.sock, memory: 8Gi }
  two: { engine: tcp://two.lan:2376, memory: 8Gi }
forge: { use: forgejo, placement: one }
runners:
  linux: { labels: [docker], size: { min: 20 }, limits: { memory: 4Gi } }
`,
    right: `name: home
domain: home.lan
hosts:
  one: { engine: unix:///var/run/docker.sock, memory: 8Gi }
  two: { engine: tcp://two.lan:2376, memory: 8Gi }
forge: { use: forgejo, placement: one }
runners:
  linux: { labels: [docker], size: { min: 2 }, limits: { memory: 3Gi } }
`,
  },
  AG459: {
    title: 'waiting for health that nobody checks',
    why: 'A service without a health check is only waited for until its container runs, which is often before the program in it answers.',
    accept: 'the shop tries again until its stock answers',
    wrong: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: { stock: healthy } }
  stock: { image: "stock:1", port: 9000 }
`,
    right: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: { stock: healthy } }
  stock: { image: "stock:1", port: 9000, health: { tcp: true } }
`,
  },
  AG460: {
    title: 'a group that nobody is in',
    why: 'Only the groups that `protect` names may open the service. A group is made by writing it at a user, so one that stands at none lets nobody in.',
    accept: 'the first user of the group comes next week',
    wrong: `name: home
domain: home.lan
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org } } }
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki, protect: { by: sso, groups: [family] } }
`,
    right: `name: home
domain: home.lan
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org, groups: [family] } } }
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki, protect: { by: sso, groups: [family] } }
`,
  },
};

import type { Code } from '../codes.ts';

/** 42x and 43x: images that are not locked, what is open, and what is not backed up. */
export const precautions: Readonly<Record<string, Code>> = {
  AG421: {
    title: 'an image that is not in the lock',
    why: 'Beside the file lies `autogit.lock`, so every image is to have a digest; one without would be whatever its tag means on that day.',
    note: 'Run `autogit lock update` after every change of an image and commit both files. One file alone cannot show this: it depends on the lock beside it.',
  },
  AG422: {
    title: 'an image that is not made for the machine',
    why: 'The lock says for which processors an image is made. On another one it would be pulled and end with "exec format error", or not be found at all.',
    note: 'Choose an image for that processor, correct `arch` of the host or pool, or use another host. One file alone cannot show this: it depends on the lock beside it.',
  },
  AG423: {
    title: 'a lock that cannot be used',
    why: 'A pin that is passed over would be an image that nobody chose, so a lock with a mistake is not used at all.',
    note: '`autogit lock update` writes `autogit.lock` anew, also after a merge conflict. It is not meant to be edited by hand.',
  },
  AG424: {
    title: 'an entry of the lock that nothing uses',
    why: '`autogit lock verify` keeps the lock to what the file asks for, so that a review sees exactly the images that run.',
    note: '`autogit lock update` removes it. `compile` does not mind such an entry.',
  },
  AG427: {
    title: 'a public domain without certificates',
    why: 'Without a certificate whoever is on the way reads passwords, tokens and code, or changes them. It is a warning, because something in front of the platform may have one.',
    accept: 'the load balancer in front of it has the certificate',
    wrong: `name: home
domain: home.example-family.net
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki }
`,
    right: `name: home
domain: home.example-family.net
certificates: { issuer: letsencrypt, email: ops@example-family.net }
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki }
`,
  },
  AG428: {
    title: 'a service beside sign-on that is open',
    why: 'A file with sign-on has it to guard services. One that says nothing may have been forgotten.',
    accept: 'each service has accounts of its own',
    note: 'Only said where the file has sign-on. Without it a `host` or a published port is all that the file says of who may come, and most services have accounts of their own or are meant for everybody; what a port lets in is what the firewall and the address in `publish` let in. `autogit diff` names each host and port that a change opens.',
    wrong: `name: home
domain: home.lan
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org } } }
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki }
`,
    right: `name: home
domain: home.lan
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org } } }
services:
  wiki: { image: "requarks/wiki:2", port: 3000, host: wiki, protect: sso }
`,
  },
  AG429: {
    title: 'a need that opens no way',
    accept: 'the two meet on a volume',
    why: 'Networks follow from needs, and they lead to the ports that the other service names. One that names none can be waited for and not be reached. Where waiting is all that is meant, say for what: `needs: { stock: started }`. For a job that comes at its times nothing waits.',
    wrong: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: [stock] }
  stock: { image: "stock:1" }
`,
    right: `name: home
domain: home.lan
services:
  shop: { image: "shop:1", needs: [stock] }
  stock: { image: "stock:1", ports: { api: 9000 } }
`,
  },
  AG431: {
    title: 'a certificate that nobody would issue',
    why: 'An ACME server certifies hosts of the Internet for an account with an address, after a proof that needs what the file leaves out.',
    wrong: `name: home
domain: home.lan
certificates: { issuer: letsencrypt, email: ops@example.org }
`,
    right: `name: home
domain: home.lan
certificates: own-ca
`,
  },
  AG432: {
    title: 'sign-on under a domain that browsers keep no cookie for',
    why: 'A sign-on holds for all hosts under the domain by a cookie. Browsers refuse one for a name without a dot or for the end of a name under which everybody can register.',
    wrong: `name: home
domain: lan
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org } } }
`,
    right: `name: home
domain: home.lan
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org } } }
`,
  },
  AG450: {
    title: 'an ingress that is too old',
    why: 'From 3.6.4 to 3.6.6 Traefik refuses `%2F` in paths, by which forges name projects, and what is older does not read every setting that is rendered.',
    wrong: `name: home
domain: home.lan
ingress: { use: traefik, image: "traefik:v3.6.4" }
services: { web: { image: "nginx:1", port: 8080, host: web } }
`,
    right: `name: home
domain: home.lan
ingress: { use: traefik, image: "traefik:v3.7.13" }
services: { web: { image: "nginx:1", port: 8080, host: web } }
`,
  },
};

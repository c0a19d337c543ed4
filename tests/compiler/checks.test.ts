import { describe, expect, it } from 'vitest';
import { said } from './said.ts';

describe('names that lead nowhere', () => {
  it('are told with the nearest one, wherever they stand', async () => {
    expect(
      await said(`
forge: { use: gitea, token: forge-tokn, placement: lcoal }
database: postgres
services:
  wiki:
    image: wiki:1
    needs: [databse]
    secrets: [wikki]
    environment: { KEY_FILE: { secret: wiki-database-password } }
    placement: lcoal
runners:
  linux: { labels: [docker], hosts: [local, box] }
secrets:
  wiki: { env: WIKI }
`),
    ).toMatchInlineSnapshot(`
      "4:29 error AG302: there is no secret 'forge-tokn'
        next add it: \`secrets: { forge-tokn: { generate: {} } }\`
      4:52 error AG303: there is no host 'lcoal'
        next did you mean 'local'?
      9:13 error AG301: nothing here is called 'databse'
        next did you mean 'database'?
      10:15 error AG302: there is no secret 'wikki'
        next did you mean 'wiki'?
      11:40 error AG302: there is no secret 'wiki-database-password'
        next it is there once 'wiki' has \`needs: [database]\`
      12:16 error AG303: there is no host 'lcoal'
        next did you mean 'local'?
      14:45 error AG303: there is no host 'box'
        next add it under \`hosts\`
      16:3 warning AG412: nothing uses the secret 'wiki'
        next mount it with \`secrets: [wiki]\` of a service, or remove it
      "
    `);
  });

  it('say what to add when nothing is near', async () => {
    expect(
      await said(`
services:
  wiki: { image: "wiki:1", needs: [database, forge, search], secrets: [token] }
runners:
  linux: { labels: [docker] }
`),
    ).toMatchInlineSnapshot(`
      "5:36 error AG301: nothing here is called 'database'
        next add \`database: postgres\` to the file
      5:46 error AG301: nothing here is called 'forge'
        next add \`forge: forgejo\` to the file
      5:53 error AG301: nothing here is called 'search'
        next name a service of the file or a role
      5:72 error AG302: there is no secret 'token'
        next add it: \`secrets: { token: { generate: {} } }\`
      7:3 error AG304: pool 'linux' has no forge that could give it jobs
        next add \`forge: forgejo\`, or the address of yours: \`forge: { use: gitea, url: https://git.example.org }\`
      "
    `);
  });

  it('know a forge that runs elsewhere', async () => {
    expect(
      await said(`
forge: { use: gitea, url: "https://git.example.org/", image: "gitea/gitea:1", database: database }
services:
  wiki: { image: "wiki:1", needs: [forge] }
`),
    ).toMatchInlineSnapshot(`
      "4:55 error AG305: \`image\` has no effect: the forge runs at https://git.example.org/ already and is not deployed
        next remove \`image\`, or remove \`url\` to deploy a forge
      4:79 error AG305: \`database\` has no effect: the forge runs at https://git.example.org/ already and is not deployed
        next remove \`database\`, or remove \`url\` to deploy a forge
      6:36 error AG301: 'forge' runs at https://git.example.org/ and not on this platform
        next remove the need and set \`internet: true\`, so that the service may call it
      "
    `);
  });
});

describe('circles', () => {
  it('are told once, with every place that closes them', async () => {
    expect(
      await said(`
services:
  a: { image: "a:1", needs: [b] }
  b: { image: "b:1", needs: [c, d] }
  c: { image: "c:1", needs: [a] }
  d: { image: "d:1", needs: [d] }
`),
    ).toMatchInlineSnapshot(`
      "5:30 error AG402: none of them would ever start: 'a' needs 'b' needs 'c' needs 'a'
        see 6:30 'b' needs 'c' here
        see 7:30 'c' needs 'a' here
        next remove one of these needs
      5:30 warning AG429: 'a' can wait for 'b' but not reach it, because 'b' names no port
        see 6:3 'b' is here
        next add \`port:\` or \`ports:\` to 'b', or write \`needs: { b: started }\` if waiting is meant
      6:30 warning AG429: 'b' can wait for 'c' but not reach it, because 'c' names no port
        see 7:3 'c' is here
        next add \`port:\` or \`ports:\` to 'c', or write \`needs: { c: started }\` if waiting is meant
      6:33 warning AG429: 'b' can wait for 'd' but not reach it, because 'd' names no port
        see 8:3 'd' is here
        next add \`port:\` or \`ports:\` to 'd', or write \`needs: { d: started }\` if waiting is meant
      7:30 warning AG429: 'c' can wait for 'a' but not reach it, because 'a' names no port
        see 5:3 'a' is here
        next add \`port:\` or \`ports:\` to 'a', or write \`needs: { a: started }\` if waiting is meant
      8:30 error AG402: 'd' waits for itself
        next remove one of these needs
      "
    `);
  });
});

describe('what two parts would share', () => {
  it('is an address of the ingress', async () => {
    expect(
      await said(`
forge: forgejo
services:
  pages: { image: "nginx:1", port: 80, host: git }
`),
    ).toMatchInlineSnapshot(`
      "6:46 error AG403: 'forge' and 'pages' would both be served at git.home.lan
        see 4:1 'forge' is served there
        next give one of them another host
      "
    `);
  });

  it('is a port of the host, also with the ingress that is there by itself', async () => {
    expect(
      await said(`
services:
  web: { image: "nginx:1", port: 80, host: web, ports: { tls: { port: 8443, publish: 443 } } }
  dmz: { image: "dns:1", ports: { dns: { port: 53, protocol: udp, publish: { port: 53, address: 10.0.0.1 } } } }
  dns-tcp: { image: "dns:1", ports: { dns: { port: 53, protocol: tcp, publish: 53 } } }
  dns-all: { image: "dns:1", ports: { dns: { port: 5353, protocol: udp, publish: 53 } } }
  dns-two: { image: "dns:1", ports: { dns: { port: 53, protocol: udp, publish: { port: 53, address: 10.0.0.2 } } } }
`),
    ).toMatchInlineSnapshot(`
      "5:63 error AG404: 'ingress' and 'web' would both listen on tcp port 443 of host 'local'
        see 5:38 'ingress' publishes it here
        next publish one of them on another port
      8:44 error AG404: 'dmz' and 'dns-all' would both listen on udp port 53 of host 'local'
        see 6:40 'dmz' publishes it here
        next publish one of them on another port
      9:44 error AG404: 'dns-all' and 'dns-two' would both listen on udp port 53 of host 'local'
        see 8:44 'dns-all' publishes it here
        next publish one of them on another port
      "
    `);
  });

  it('is no port on two hosts, and none on two addresses', async () => {
    expect(
      await said(`
hosts: { a: "unix:///a.sock", b: "ssh://ops@b" }
services:
  one: { image: "dns:1", placement: a, ports: { dns: { port: 53, publish: { port: 53, address: 10.0.0.1 } } } }
  two: { image: "dns:1", placement: a, ports: { dns: { port: 53, publish: { port: 53, address: 10.0.0.2 } } } }
  three: { image: "dns:1", placement: b, ports: { dns: { port: 53, publish: 53 } } }
`),
    ).toBe('');
  });

  it('is a port or a path of one container', async () => {
    expect(
      await said(`
services:
  wiki:
    image: wiki:1
    port: 3000
    ports: { http: 3001, admin: 3000 }
    volumes: { data: /data, more: /data, keys: /run/secrets/keys }
`),
    ).toMatchInlineSnapshot(`
      "7:11 error AG404: 'wiki' names tcp port 3000 twice
        see 8:33 the other one is here
        next remove one of the two
      8:20 error AG404: 'wiki' has two ports called 'http'
        see 7:11 the other one is here
        next \`port\` is called \`http\`; give the other one another name
      9:35 error AG405: 'wiki' has two mounts at /data
        see 9:22 the other one is a volume
        next give one of them another path
      9:48 error AG405: 'wiki' would put a volume over /run/secrets, which the engine fills
        next mount it at another path
      "
    `);
  });

  it('is a name', async () => {
    expect(
      await said(`
database: postgres
services:
  forge: { image: "forge:1" }
  database-roles: { image: "roles:1", needs: [database] }
  a-b: { image: "a:1", volumes: { c: /c } }
  a: { image: "a:1", volumes: { b-c: /c } }
  k: { image: "k:1", configs: { app.conf: { path: /d, text: X }, app-conf: { path: /e, text: Y } } }
  k-app: { image: "k:1", configs: { conf: { path: /d, text: Z }, app.conf: { path: /e, text: Y } } }
`),
    ).toMatchInlineSnapshot(`
      "6:3 error AG406: 'forge' is the name of a role, so no service may bear it
        next give the service another name, or write \`forge:\` at the top of the file
      7:3 error AG406: two containers would be called 'database-roles'
        see 4:1 the other container 'database-roles' comes from here
        next rename one of the two
      8:35 error AG406: two volumes would be called 'a-b-c'
        see 9:33 the other volume 'a-b-c' comes from here
        next rename one of the two
      10:33 error AG406: two config files would be called 'k-app-conf'
        see 10:66 the other config file 'k-app-conf' comes from here
        next rename one of the two; a dot, an underscore and a dash are the same in such a name, and so are a and A
      11:37 error AG406: two config files would be called 'k-app-conf'
        see 10:66 the other config file 'k-app-conf' comes from here
        next rename one of the two; a dot, an underscore and a dash are the same in such a name, and so are a and A
      "
    `);
  });
});

describe('names of objects', () => {
  it('fit the engines', async () => {
    const long = 'a'.repeat(40);
    expect(
      await said(
        `
services:
  short: { image: "a:1", volumes: { ${long}: /data } }
  ${long}: { image: "a:1" }
`,
        'a-platform-with-a-long-name',
      ),
    ).toMatchInlineSnapshot(`
      "5:37 error AG407: the name 'a-platform-with-a-long-name-short-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' has 74 characters, and 63 are allowed
        next shorten this name or that of the platform
      6:3 error AG407: the name 'a-platform-with-a-long-name-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' has 68 characters, and 52 are allowed
        next shorten this name or that of the platform
      "
    `);
  });
});

describe('pools', () => {
  it('cannot be larger than their maximum', async () => {
    expect(
      await said(`
forge: forgejo
runners:
  linux: { labels: [docker], size: { min: 3, idle: 4, max: 2 } }
`),
    ).toMatchInlineSnapshot(`
      "6:43 error AG408: pool 'linux' is to have 3 runners at least, but 2 at most
        see 6:60 max is here
        next lower min to 2, or raise max to 3
      6:52 error AG408: pool 'linux' is to have 4 runners free, but 2 at most
        see 6:60 max is here
        next lower idle to 2, or raise max to 4
      "
    `);
  });

  it('that want the same jobs are told, those for another processor are not', async () => {
    expect(
      await said(`
forge: forgejo
runners:
  linux: { labels: [docker, ubuntu] }
  spare: { labels: [ubuntu, docker] }
  arm: { labels: [docker, ubuntu], arch: [arm64] }
`),
    ).toMatchInlineSnapshot(`
      "7:20 warning AG409: pools 'linux' and 'spare' have the same labels, so both grow for the same jobs
        see 6:20 the labels of 'linux'
        next give one of them another label, or make them one pool with both hosts
      "
    `);
  });

  it('have no image where no container runs', async () => {
    expect(
      await said(`
hosts: { box: "unix:///var/run/docker.sock", mac: process }
forge: forgejo
runners:
  linux: { labels: [docker], image: "runner:1" }
  mac: { labels: [macos], hosts: [mac], image: "runner:1" }
`),
    ).toMatchInlineSnapshot(`
      "8:41 error AG305: \`image\` has no effect: every host of pool 'mac' runs plain processes
        next remove the image, or give the pool a host with a Docker engine
      "
    `);
  });
});

it('a volume is a folder of the host or a volume of others, not both', async () => {
  const both = `services: { a: { image: "a:1", volumes: { v: { path: /v, external: old, hostPath: /srv/v } } } }`;
  expect(await said(both)).toMatch(
    /AG305: `external` has no effect: volume 'v' of 'a' is the folder \/srv\/v of the host/,
  );
});

describe('warnings', () => {
  const large = `
services:
  search: { image: "search:1", limits: { memory: 6Gi } }
  store: { image: "store:1", limits: { memory: 3Gi } }
secrets:
  forgotten: { env: FORGOTTEN }
`;

  it('name what may not fit and what is not used', async () => {
    expect(await said(large)).toMatchInlineSnapshot(`
      "1:1 warning AG411: what runs on host 'local' may use 9Gi of memory, more than the 8Gi of a small server
        next say how much the host has with \`memory:\`, lower \`limits\`, or move something to another host
      8:3 warning AG412: nothing uses the secret 'forgotten'
        next mount it with \`secrets: [forgotten]\` of a service, or remove it
      "
    `);
  });

  it('are silent when the file accepts them, which errors are not', async () => {
    expect(await said(`${large}accept: { AG411: "64 GiB", AG412: "soon" }\n`)).toBe('');
    expect(
      await said('services: { a: { image: "a:1", needs: [a] } }\naccept: { AG402: "it works on my machine" }\n'),
    ).toContain('error AG402');
  });
});

it('a service without a port has neither a host nor a health check over the network', async () => {
  expect(
    await said(`
services:
  web: { image: "nginx:1", host: web, health: { http: / } }
  job: { image: "job:1", health: { exec: [ok] } }
  raw: { image: "raw:1", health: { tcp: 9000 } }
`),
  ).toMatchInlineSnapshot(`
    "5:34 error AG401: the ingress needs to know which port of it speaks HTTP
      next add \`port:\` with the port that the program listens on
    5:47 error AG401: the health check needs to know which port to ask
      next add \`port:\` with the port that the program listens on
    "
  `);
});

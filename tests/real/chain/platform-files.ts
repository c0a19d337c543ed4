import type { AcmeServer } from './acme-server.ts';
import { images } from './images.ts';

/** Where everything is that the files name. */
interface Places {
  readonly engine: { readonly url: string; readonly address: string; readonly gateway: string };
  readonly acme: AcmeServer;
}

/** A platform at the ports that the Internet knows, with all the parts of the story. */
export function home({ engine, acme }: Places): string {
  return `name: home
domain: home.test
hosts: { local: "${engine.url}" }
ingress: { use: traefik, image: "${images.traefik}" }
certificates: { issuer: acme, email: ops@home.test, server: "${acme.directory}", trust: ca }
dns: { use: coredns, addresses: [${engine.address}], listen: ${engine.address}, forward: [${engine.gateway}] }
sso:
  use: authelia
  users:
    ana: { name: Ana Example, email: ana@home.test, groups: [admins], password: ana-password }
    ben: { email: ben@home.test, password: ben-password }
forge: { use: gitea, image: "${images.gitea}", ssh: { port: 2222, through: ingress } }
services:
  echo: { image: "${images.node}", port: 8080, host: echo, protect: { by: sso, groups: [admins] } }
  open: { image: "${images.node}", port: 8080, host: open, protect: none }
secrets:
  ca: { env: CA }
  ana-password: { env: ANA_PASSWORD }
  ben-password: { env: BEN_PASSWORD }
`;
}

/**
 * Hosts that are proven by a record in DNS, at other ports. The Internet alone knows them: the machine asks the name server
 * of the first platform, for whose domain there is no such name.
 */
export function lab({ engine, acme }: Places): string {
  return `name: lab
domain: lab.home.test
hosts: { local: "${engine.url}" }
ingress: { use: traefik, image: "${images.traefik}", http: 8080, https: 8443 }
certificates:
  issuer: acme
  email: ops@home.test
  server: "${acme.directory}"
  trust: ca
  challenge: dns-01
  provider: httpreq
  credentials: { HTTPREQ_ENDPOINT: provider, HTTPREQ_USERNAME: provider-user, HTTPREQ_PASSWORD: provider-password }
dns: { use: coredns, addresses: [${engine.address}], forward: [${engine.gateway}], port: 5353 }
services:
  web: { image: "${images.node}", port: 8080, host: web }
secrets:
  ca: { env: CA }
  provider: { env: PROVIDER }
  provider-user: { env: PROVIDER_USER }
  provider-password: { env: PROVIDER_PASSWORD }
`;
}

/** Hosts of a local network, certified by an authority of the platform's own. */
export function den({ engine }: Places): string {
  return `name: den
domain: den.test
hosts: { local: "${engine.url}" }
ingress: { use: traefik, image: "${images.traefik}", http: 9080, https: 9443 }
certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@den.test, password: ana-password } } }
forge: { use: gitea, image: "${images.gitea}" }
secrets: { ana-password: { env: ANA_PASSWORD } }
`;
}

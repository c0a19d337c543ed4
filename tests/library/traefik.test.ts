import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

const signOn = `certificates: own-ca
sso: { use: authelia, users: { ana: { email: ana@example.org, groups: [admins] } } }
`;
const kinds = ['ingress', 'traefik', 'gateway'] as const;

describe('the page of the ingress', () => {
  it('is for the admins among those who sign on', async () => {
    const { diagnostics, config, sso } = await rendered(`${signOn}ingress: { use: traefik, dashboard: page }\n`);
    expect(diagnostics).toEqual([]);
    expect(config('ingress-static').api).toEqual({ dashboard: true, insecure: false });
    expect(config('ingress-routes').http.routers['ingress-dashboard']).toEqual({
      rule: 'Host(`page.home.lan`)',
      entryPoints: ['websecure', 'inside'],
      middlewares: ['sign-on'],
      service: 'api@internal',
    });
    expect(sso.access_control.rules).toEqual([
      { domain: 'page.home.lan', subject: ['group:admins'], policy: 'one_factor' },
      { domain: 'page.home.lan', policy: 'deny' },
    ]);
  });

  it('is refused without sign-on, unless the file says that everybody may open it', async () => {
    const open = 'ingress: { use: traefik, dashboard: page }\n';
    expect((await rendered(open)).diagnostics).toMatchObject([
      { code: 'AG304', pointer: '/ingress/dashboard', hint: expect.stringContaining('`protect: none`') },
    ]);
    const meant = await rendered('ingress: { use: traefik, dashboard: { host: page, protect: none } }\n');
    expect(meant.diagnostics).toEqual([]);
    expect(meant.config('ingress-routes').http.routers['ingress-dashboard'].middlewares).toBeUndefined();
  });

  it('asks for no group where everybody may open it', async () => {
    const open = 'ingress: { use: traefik, dashboard: { host: page, protect: none } }\n';
    expect((await rendered(`${signOn}${open}`)).diagnostics).toEqual([]);
  });

  it('is not there unless the file asks for it', async () => {
    const { config } = await rendered('services: { wiki: { image: "wiki:2", port: 3000, host: wiki } }\n');
    expect(config('ingress-static').api).toBeUndefined();
  });

  it.each(kinds)('is guarded and certified with routes by %s', async (routes) => {
    const text = `${signOn}ingress: { use: traefik, dashboard: page }\ncluster: { routes: ${routes} }\n`;
    const { diagnostics, config, objects } = await rendered(text, 'kubernetes');
    expect(diagnostics).toEqual([]);
    const own = objects.filter(({ metadata }) => metadata.name.startsWith('home-ingress-dashboard'));
    if (routes === 'traefik') {
      expect(own[0]?.spec.routes[0]).toMatchObject({
        middlewares: [{ name: 'sign-on@file' }],
        services: [{ kind: 'TraefikService', name: 'api@internal' }],
      });
      return;
    }
    expect(config('ingress-routes').http.routers).toEqual({
      'ingress-dashboard': {
        rule: 'Host(`page.home.lan`)',
        entryPoints: ['websecure'],
        middlewares: ['sign-on'],
        service: 'api@internal',
      },
    });
    // What is left brings the certificate, and leads to no Service.
    expect(JSON.stringify(own)).not.toContain('backend');
    const certificate = JSON.stringify(objects.filter(({ kind }) => kind === 'Ingress' || kind === 'Gateway'));
    expect(certificate).toContain('home-page-certificate');
  });
});

describe('sign-on with routes of the Gateway API, which have no word for it', () => {
  const file = `${signOn}cluster: { routes: gateway }
services:
  wiki: { image: "wiki:2", port: 3000, host: wiki, protect: sso }
  hooks: { image: "hooks:1", port: 3001, host: { label: wiki, path: /hooks }, protect: none }
  open: { image: "open:1", port: 3002, host: open, protect: none }
`;

  it('is asked by the file of the ingress, which serves every path of such a host', async () => {
    const { diagnostics, config } = await rendered(file, 'kubernetes');
    expect(diagnostics).toEqual([]);
    expect(config('ingress-routes').http).toMatchObject({
      routers: {
        wiki: { rule: 'Host(`wiki.home.lan`)', middlewares: ['sign-on'], service: 'wiki' },
        hooks: { rule: 'Host(`wiki.home.lan`) && PathPrefix(`/hooks`)', service: 'hooks' },
      },
      services: { wiki: { loadBalancer: { servers: [{ url: 'http://home-wiki:3000' }] } } },
    });
    expect(Object.keys(config('ingress-routes').http.routers)).not.toContain('open');
  });

  it('cannot be passed by, because no object leads to such a host', async () => {
    const { objects } = await rendered(file, 'kubernetes');
    const leading = objects.filter(
      ({ kind, spec }) => kind === 'HTTPRoute' && JSON.stringify(spec).includes('backendRefs'),
    );
    expect(leading.flatMap(({ spec }) => spec.hostnames).sort()).toEqual(['auth.home.lan', 'open.home.lan']);
    const gateway = objects.find(({ kind }) => kind === 'Gateway');
    expect(gateway?.spec.listeners.map(({ hostname }: Yaml) => hostname)).toContain('wiki.home.lan');
  });
});

describe('Git over SSH through the ingress', () => {
  const forge = 'forge: { use: gitea, ssh: { port: 22, through: ingress } }\n';

  it('is published by the ingress and no longer by the forge, whose clone URLs stay', async () => {
    const { platform, config } = await rendered(forge);
    const published = platform?.workloads.flatMap(({ id, ports }) =>
      ports.flatMap(({ name, port, publish }) => (publish === undefined ? [] : [[id, name, port, publish.port]])),
    );
    expect(published).toEqual([
      ['ingress', 'http', 8000, 80],
      ['ingress', 'https', 8443, 443],
      ['ingress', 'ssh', 10_022, 22],
    ]);
    expect(config('ingress-static').entryPoints['forge-ssh']).toEqual({ address: ':10022' });
    expect(config('ingress-routes').tcp).toEqual({
      routers: { 'forge-ssh': { rule: 'HostSNI(`*`)', entryPoints: ['forge-ssh'], service: 'forge-ssh' } },
      services: { 'forge-ssh': { loadBalancer: { servers: [{ address: 'home-forge:2222' }] } } },
    });
    const shown = platform?.workloads.find(({ id }) => id === 'forge')?.environment;
    expect(shown?.find(({ name }) => name.endsWith('SSH_PORT'))?.value).toMatchObject({ text: '22' });
  });

  it.each([
    [2222, 2222],
    [8080, 8081],
    [9100, 9101],
  ])('comes in at port %i, for which the ingress listens on %i', async (port, inside) => {
    const { platform } = await rendered(`forge: { use: gitea, ssh: { port: ${port}, through: ingress } }\n`);
    const ports = platform?.workloads.find(({ id }) => id === 'ingress')?.ports;
    expect(ports?.find(({ name }) => name === 'ssh')).toMatchObject({ port: inside, publish: { port } });
  });

  it('cannot come in at a port of the ingress', async () => {
    const { diagnostics } = await rendered('forge: { use: gitea, ssh: { port: 443, through: ingress } }\n');
    expect(diagnostics).toMatchObject([{ code: 'AG404', pointer: '/forge/ssh/port' }]);
  });

  it.each(kinds)('has its way with routes by %s as well', async (routes) => {
    const { diagnostics, config, objects } = await rendered(`${forge}cluster: { routes: ${routes} }\n`, 'kubernetes');
    expect(diagnostics).toEqual([]);
    expect(config('ingress-routes').tcp.services['forge-ssh'].loadBalancer.servers).toEqual([
      { address: 'home-forge:2222' },
    ]);
    const outside = objects.find(({ metadata }) => metadata.name === 'home-ingress-outside');
    expect(outside?.spec.ports).toContainEqual({ name: 'ssh', port: 22, targetPort: 'ssh', protocol: 'TCP' });
    const policy = objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'home-forge');
    expect(JSON.stringify(policy?.spec.ingress)).toContain('2222');
  });
});

describe('the version of the ingress', () => {
  const diagnosticsOf = async (image: string) =>
    (await rendered(`ingress: { use: traefik, image: "${image}" }\nforge: gitea\n`)).diagnostics;

  it.each([
    'traefik:v3.6.4',
    'traefik:v3.6.6',
    'traefik:v3.5',
    'traefik:v2.11',
    'ghcr.io/mirror/traefik:2.11.30-alpine',
  ])('is too old: %s', async (image) => {
    expect(await diagnosticsOf(image)).toMatchObject([
      { code: 'AG450', severity: 'error', pointer: '/ingress/image', hint: expect.stringContaining('v3.6.7') },
    ]);
  });

  it.each(['traefik:v3.6.7', 'traefik:v3.6', 'traefik:v3', 'traefik:latest', 'registry.lan/own-ingress:1.4.0'])(
    'is new enough, or nobody can tell: %s',
    async (image) => {
      expect(await diagnosticsOf(image)).toEqual([]);
    },
  );
});

describe('metrics of the ingress', () => {
  it('are on a port of their own, which monitoring alone reaches', async () => {
    const { platform, config } = await rendered('monitoring: prometheus\n');
    expect(config('ingress-static').metrics).toEqual({
      prometheus: { entryPoint: 'metrics', addRoutersLabels: false },
    });
    const ways = platform?.links.filter(({ to, port }) => to === 'ingress' && port === 9100);
    expect(ways?.map(({ from }) => from)).toEqual(['monitoring']);
  });

  it('are not made for nobody', async () => {
    const { config } = await rendered('forge: gitea\n');
    expect(config('ingress-static').metrics).toBeUndefined();
  });
});

// biome-ignore lint/suspicious/noExplicitAny: rendered files are read as the YAML that they are.
type Yaml = any;

async function rendered(rest: string, target: 'compose' | 'kubernetes' = 'compose') {
  const bytes = Buffer.from(`name: home\ndomain: home.lan\n${rest}`);
  const { platform, diagnostics, rendered: made } = await compile({ file: 'a.yaml', bytes, catalog, targets, target });
  const config = (id: string): Yaml => parse(platform?.configs.find((each) => each.id === id)?.text ?? '{}');
  const objects: readonly Yaml[] = (made?.manifests ?? [])
    .filter(({ path }) => path.startsWith('kubernetes/'))
    .map(({ text }) => parse(text))
    .filter((each) => each?.metadata);
  return { platform, diagnostics, config, sso: config('sso-config'), objects };
}

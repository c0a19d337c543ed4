/** What external-dns reads of the rendered objects: https://kubernetes-sigs.github.io/external-dns/latest/docs/annotations/annotations/ */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../compiler/compile.ts';
import type { Cluster } from '../../compiler/model/platform.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

const routes = ['ingress', 'traefik', 'gateway'] as const;

/** Annotations for external-dns, by kind and name of the object. */
async function told(by: Cluster['routes'], externalDns?: string) {
  const file = {
    name: 'home',
    domain: 'home.example.org',
    target: 'kubernetes',
    cluster: { routes: by, ...(externalDns === undefined ? {} : { externalDns }) },
    services: {
      shop: { image: 'shop:1', port: 8080, host: 'shop' },
      admin: { image: 'admin:1', port: 8080, host: { label: 'shop', path: '/admin' } },
      blog: { image: 'blog:1', port: 8080, host: 'blog' },
      mail: { image: 'mail:1', ports: { smtp: { port: 2525, publish: 25 } } },
    },
  };
  const bytes = Buffer.from(JSON.stringify(file));
  const { diagnostics, rendered } = await compile({ file: 'autogit.yaml', bytes, catalog, targets });
  expect(diagnostics).toEqual([]);
  const found = (rendered?.manifests ?? []).flatMap(({ kind, text }) => {
    const { metadata } = parse(text) as { metadata?: { name: string; annotations?: Record<string, string> } };
    const own = Object.entries(metadata?.annotations ?? {}).filter(([key]) => key.startsWith('external-dns.'));
    return own.length === 0 ? [] : [[`${kind} ${metadata?.name}`, Object.fromEntries(own)] as const];
  });
  return Object.fromEntries(found);
}

const hostname = 'external-dns.alpha.kubernetes.io/hostname';
const target = 'external-dns.alpha.kubernetes.io/target';
const hosts = 'blog.home.example.org,shop.home.example.org';

describe.each(routes)('routes by %s', (by) => {
  it('tell external-dns nothing unless the file asks for it', async () => {
    expect(await told(by)).toEqual({});
  });

  it('lead every host to the address of the ingress, each named once, and no other service', async () => {
    expect(await told(by, 'load-balancer')).toEqual({ 'Service home-ingress-outside': { [hostname]: hosts } });
  });

  it('lead every host, in whatever object external-dns finds it, to the address in front', async () => {
    const kind = { ingress: 'Ingress', traefik: 'IngressRoute', gateway: 'HTTPRoute' }[by];
    const front = { [target]: '203.0.113.7' };
    const given = await told(by, '203.0.113.7');
    expect(given).toMatchObject({
      'Service home-ingress-outside': { [hostname]: hosts, ...front },
      [`${kind} home-shop`]: front,
      [`${kind} home-admin`]: front,
      [`${kind} home-blog`]: front,
      ...(by === 'gateway' ? { 'Gateway home-ingress': front } : {}),
    });
    expect(Object.keys(given)).toHaveLength(by === 'gateway' ? 5 : 4);
  });
});

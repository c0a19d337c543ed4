import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { target } from '../../compiler/kubernetes/target.ts';
import type { Cluster, Platform } from '../../compiler/model/platform.ts';
import { everything } from './kubernetes-platforms.ts';

// biome-ignore lint/suspicious/noExplicitAny: rendered files are read as the YAML that they are.
type Yaml = any;

const by = (routes: Cluster['routes'], version = '1.28'): Platform =>
  everything({ cluster: { namespace: 'home', version, routes } });

async function objectsOf(given: Platform): Promise<readonly Yaml[]> {
  return (await target.render(given)).manifests.map(({ text }) => parse(text));
}

const ofKind = (objects: readonly Yaml[], kind: string) => objects.filter((object) => object.kind === kind);

describe('routes become', () => {
  it('Ingress objects of a class of the platform', async () => {
    const objects = await objectsOf(by('ingress'));
    const [, metrics] = ofKind(objects, 'Ingress');
    expect(metrics.spec).toEqual({
      ingressClassName: 'home-ingress',
      rules: [
        {
          host: 'shop.home.lan',
          http: {
            paths: [
              {
                path: '/metrics',
                pathType: 'Prefix',
                backend: { service: { name: 'home-web', port: { number: 9100 } } },
              },
            ],
          },
        },
      ],
    });
    expect(ofKind(objects, 'IngressClass')).toHaveLength(1);
  });

  it('IngressRoutes of Traefik, which another Traefik of the cluster leaves alone', async () => {
    const objects = await objectsOf(by('traefik'));
    const [root, metrics] = ofKind(objects, 'IngressRoute');
    expect(root.spec.routes[0].match).toBe('Host(`shop.home.lan`)');
    expect(metrics.metadata.annotations['kubernetes.io/ingress.class']).toBe('home-ingress');
    expect(metrics.spec).toEqual({
      entryPoints: ['web', 'websecure'],
      routes: [
        {
          kind: 'Rule',
          match: 'Host(`shop.home.lan`) && PathPrefix(`/metrics`)',
          services: [{ kind: 'Service', name: 'home-web', port: 9100 }],
        },
      ],
    });
    expect(ofKind(objects, 'Ingress').length + ofKind(objects, 'IngressClass').length).toBe(0);
  });

  it('HTTPRoutes of a Gateway that listens where Traefik does, and for nothing that there is no certificate for', async () => {
    const objects = await objectsOf(by('gateway'));
    const [gateway] = ofKind(objects, 'Gateway');
    expect(ofKind(objects, 'GatewayClass')[0].metadata.name).toBe(gateway.spec.gatewayClassName);
    expect(gateway.spec.listeners).toEqual([
      { name: 'http', port: 8000, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } },
    ]);
    expect(ofKind(objects, 'HTTPRoute')[1].spec).toEqual({
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'home-ingress', sectionName: 'http' }],
      hostnames: ['shop.home.lan'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/metrics' } }],
          backendRefs: [{ group: '', kind: 'Service', name: 'home-web', port: 9100, weight: 1 }],
        },
      ],
    });
  });
});

describe('the version of the cluster', () => {
  const groups = (objects: readonly Yaml[]) =>
    ofKind(objects, 'Deployment').map(({ spec }) => spec.template.spec.securityContext.supplementalGroupsPolicy);

  it('decides whether groups of the image count, for which old nodes would refuse the pod', async () => {
    expect(groups(await objectsOf(by('ingress', '1.35')))).toEqual([undefined, undefined, undefined, undefined]);
    // Not for the GPU, which images open by a group of theirs, nor without a user of the file.
    expect(groups(await objectsOf(by('ingress', '1.36')))).toEqual(['Strict', undefined, undefined, 'Strict']);
  });

  it('decides which kernel settings are safe', async () => {
    const setting = { name: 'net.ipv4.tcp_keepalive_time', value: '600' };
    const given = (version: string) => {
      const all = by('ingress', version);
      const workloads = all.workloads.map((each) => (each.id === 'web' ? { ...each, sysctls: [setting] } : each));
      return { ...all, workloads, accept: { ...all.accept, AG522: '' } };
    };
    const codes = async (version: string) => {
      const { AG522: _, ...accept } = given(version).accept;
      const { findings } = await target.render({ ...given(version), accept });
      return findings.filter(({ pointer }) => pointer.startsWith('/services/web/')).map(({ code }) => code);
    };
    expect(await codes('1.28')).toEqual(['AG522']);
    expect(await codes('1.29')).toEqual([]);
  });

  it('is what a patch is judged by', async () => {
    const patch = {
      origin: '/patches/0',
      kind: 'Service',
      name: 'home-web',
      why: 'nearer pods first',
      change: { kind: 'merge' as const, value: { spec: { trafficDistribution: 'PreferClose' } } },
    };
    const codes = async (version: string) =>
      (await target.render({ ...by('ingress', version), patches: [patch] })).findings.map(({ code }) => code);
    expect(await codes('1.28')).toEqual(['AG512']);
    expect(await codes('1.30')).toEqual([]);
  });

  it('is what a custom kind is judged by: a patch of an HTTPRoute with a field that it does not have is refused', async () => {
    const patch = (value: object) => ({
      origin: '/patches/0',
      kind: 'HTTPRoute',
      name: 'home-web',
      why: 'a try',
      change: { kind: 'merge' as const, value: { spec: value as Record<string, readonly string[]> } },
    });
    const codes = async (value: object) =>
      (await target.render({ ...by('gateway'), patches: [patch(value)] })).findings.map(({ code }) => code);
    expect(await codes({ hostnames: ['a.home.lan'] })).toEqual([]);
    expect(await codes({ hostNames: [] })).toEqual(['AG512']);
  });
});

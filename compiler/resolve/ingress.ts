import type { Spec, TraefikSpec } from '../../schema/spec.ts';

/** The ingress that is there as soon as anything has a host: what `ingress: traefik` means. */
export const impliedIngress: TraefikSpec = {
  use: 'traefik',
  http: 80,
  https: 443,
  limits: { cpus: 1, memory: '256Mi' },
};

/** Id of the workload that serves the routes. */
export const ingressId = 'ingress';

/**
 * Base address of a host under the domain, without a trailing slash. Plain HTTP: until the file has certificates, HTTPS
 * answers with a certificate that no client trusts.
 */
export function addressOf(spec: Spec, label: string): { readonly hostname: string; readonly url: string } {
  const hostname = `${label}.${spec.domain}`;
  const { http } = spec.ingress ?? impliedIngress;
  return { hostname, url: `http://${hostname}${http === 80 ? '' : `:${http}`}` };
}

import type { Platform } from '../model/platform.ts';

/** https://kubernetes-sigs.github.io/external-dns/latest/docs/annotations/annotations/ */
const prefix = 'external-dns.alpha.kubernetes.io';

/** Word of the file for the address that the cluster gives the ingress. */
const ownAddress = 'load-balancer';

type Annotations = Readonly<Record<string, string>>;

/**
 * For the Service that the ingress is reached by: external-dns makes every host of the platform lead there. It holds for all
 * kinds of routes, and for streams beside them, whichever sources external-dns is started with besides Services.
 */
export function servedHosts(platform: Platform): Annotations {
  const hosts = [...new Set(platform.routes.map(({ hostname }) => hostname))].sort();
  if (platform.cluster.externalDns === undefined || hosts.length === 0) return {};
  return { [`${prefix}/hostname`]: hosts.join(','), ...target(platform) };
}

/**
 * For an object that external-dns may read itself: where its host leads, when that is not the address that its status tells.
 * Two answers for one host would both be given.
 */
export function target({ cluster: { externalDns } }: Platform): Annotations {
  return externalDns === undefined || externalDns === ownAddress ? {} : { [`${prefix}/target`]: externalDns };
}

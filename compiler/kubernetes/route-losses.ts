import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { solverKeys } from './certificates.ts';

/** What cert-manager, with the chosen kind of routes, has no word for. */
export function routeLosses({ certificates, cluster }: Platform): readonly Finding[] {
  if (certificates?.kind !== 'acme') return [];
  const { origin, trust, challenge } = certificates;
  const loss = (pointer: string, message: string, hint: string): Finding => ({ code: 'AG531', pointer, message, hint });
  const trusted =
    trust === undefined
      ? []
      : [
          loss(
            pointerTo(origin, 'trust'),
            'cert-manager reads the certificates that an ACME server is checked against from the Issuer itself and from no secret',
            'write them into `spec.acme.caBundle` of the Issuer by `patches`, and accept AG531 with a reason',
          ),
        ];
  if (challenge.kind === 'http-01') {
    if (cluster.routes !== 'traefik') return trusted;
    const message =
      'cert-manager proves a host over HTTP by an Ingress, which is not read with `cluster.routes: traefik`';
    return [
      ...trusted,
      loss(pointerTo(origin, 'challenge'), message, 'write `challenge: dns-01`, or `routes: ingress`'),
    ];
  }
  const keys = solverKeys[challenge.provider];
  if (keys === undefined) {
    const message = `cert-manager itself changes no zone at ${challenge.provider}; it knows ${Object.keys(solverKeys).join(', ')}`;
    const hint =
      'use one of these, or install its webhook, write it into `spec.acme.solvers` of the Issuer by `patches` and accept AG531';
    return [...trusted, loss(pointerTo(origin, 'provider'), message, hint)];
  }
  const unread = challenge.credentials.filter(({ variable }) => keys[variable] === undefined);
  return [
    ...trusted,
    ...unread.map(({ variable, origin: place }) =>
      loss(
        place,
        `cert-manager takes no ${variable} for ${challenge.provider}`,
        `it takes ${Object.keys(keys).join(' and ')}`,
      ),
    ),
  ];
}

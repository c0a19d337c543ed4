import type { Component, ExpandContext, Parameters, PartContext } from '../../compiler/model/component.ts';
import type { Facts } from '../../compiler/model/facts.ts';
import { compareText } from '../../compiler/model/order.ts';
import type { Certificates } from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import type { CertificatesSpec } from '../../schema/spec.ts';
import { findingsOf } from './findings.ts';
import { authority, servedVolume } from './own-authority.ts';
import { variableOf } from './providers.ts';

/** Directories of the ACME servers that are known by name (https://letsencrypt.org/docs/staging-environment/). */
const servers: Readonly<Record<string, string>> = {
  letsencrypt: 'https://acme-v02.api.letsencrypt.org/directory',
  'letsencrypt-staging': 'https://acme-staging-v02.api.letsencrypt.org/directory',
};

/**
 * Who certifies the hosts. An ACME server is asked by the ingress itself on Compose and by cert-manager on Kubernetes, so
 * nothing runs here; only an authority of one's own is a container, on Compose.
 */
export const certificates: Component<'certificates'> = {
  use: 'certificates',
  role: 'certificates',
  short: 'own-ca',
  title: 'Certificates',
  licence: 'Apache-2.0',
  image: 'alpine/openssl:3.5.4',
  oracle: 'pebble',
  declare: (parameters, context) => declare(specIn(parameters), context),
  expand(parameters, context: ExpandContext<'certificates'>) {
    const spec = specIn(parameters);
    if (spec.issuer !== 'own-ca' || context.platform.target === 'kubernetes') return {};
    return authority(spec.image ?? certificates.image, context);
  },
};

function specIn(parameters: Parameters): CertificatesSpec {
  return parameters as unknown as CertificatesSpec;
}

function declare(spec: CertificatesSpec, context: PartContext): Facts {
  const { origin, platform } = context;
  const named = Object.entries(spec.credentials).map(([name, secret]) => ({
    secret,
    origin: pointerTo(origin, 'credentials', name),
  }));
  const uses =
    spec.trust === undefined ? named : [...named, { secret: spec.trust, origin: pointerTo(origin, 'trust') }];
  return {
    certificates: certificatesOf(spec, context),
    secretUses: uses,
    findings: findingsOf(spec, context),
    ...(platform.target === 'compose' ? { volumes: volumesOf(spec, context) } : {}),
  };
}

function certificatesOf(spec: CertificatesSpec, { id, origin }: PartContext): Certificates {
  if (spec.issuer === 'own-ca') return { kind: 'own-ca', origin, volume: servedVolume(id) };
  return {
    kind: 'acme',
    origin,
    volume: accountVolume(id),
    server: servers[spec.issuer] ?? spec.server ?? '',
    ...(spec.email === undefined ? {} : { email: spec.email }),
    ...(spec.trust === undefined ? {} : { trust: spec.trust }),
    challenge: challengeOf(spec, origin),
  };
}

function challengeOf(
  { challenge, provider = '', credentials }: CertificatesSpec,
  origin: string,
): Extract<Certificates, { kind: 'acme' }>['challenge'] {
  if (challenge === 'http-01') return { kind: 'http-01' };
  return {
    kind: 'dns-01',
    provider,
    credentials: Object.entries(credentials)
      .flatMap(([name, secret]) => {
        const variable = variableOf(provider, name);
        return variable === undefined ? [] : [{ variable, secret, origin: pointerTo(origin, 'credentials', name) }];
      })
      .sort((a, b) => compareText(a.variable, b.variable)),
  };
}

/** The ingress is the one who keeps the account. The key of an own authority lies apart from what the ingress may read. */
function volumesOf({ issuer }: CertificatesSpec, { id, origin }: PartContext): NonNullable<Facts['volumes']> {
  const sizeBytes = 64 * 2 ** 20;
  if (issuer !== 'own-ca') return [{ id: accountVolume(id), workload: 'ingress', origin, sizeBytes }];
  return [
    { id: `${id}-authority`, workload: id, origin, sizeBytes },
    { id: servedVolume(id), workload: id, origin, sizeBytes, backup: false },
  ];
}

function accountVolume(id: string): string {
  return `${id}-account`;
}

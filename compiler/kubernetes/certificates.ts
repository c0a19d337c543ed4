import type { Certificates, Platform, Workload } from '../model/platform.ts';
import { objectName, secretKeyOf, selectorOf, workloadMetadata } from './names.ts';
import type { CertificateSpec, IssuerSpec, KubernetesObject, Placed } from './objects.ts';

type PolicySpec = NonNullable<Extract<KubernetesObject, { kind: 'NetworkPolicy' }>['body']['spec']>;
type Acme = Extract<Certificates, { kind: 'acme' }>;

/** Solvers of cert-manager that take nothing but secrets: variable of lego → key of the solver. */
export const solverKeys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cloudflare: { CF_DNS_API_TOKEN: 'apiTokenSecretRef' },
  digitalocean: { DO_AUTH_TOKEN: 'tokenSecretRef' },
  route53: { AWS_ACCESS_KEY_ID: 'accessKeyIDSecretRef', AWS_SECRET_ACCESS_KEY: 'secretAccessKeySecretRef' },
};

/**
 * What a solver needs besides. Route 53 has one place for all the world, and AWS's library asks for none without a region;
 * cert-manager looks for one in its own environment alone, which the platform does not know.
 */
const solverSettings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  route53: { region: 'us-east-1' },
};

const group = 'cert-manager.io';
/** Pods of cert-manager that answer for a host while it is proven, and their port. */
const solverLabels = { 'acme.cert-manager.io/http01-solver': 'true' };
const solverPort = 8089;
const dayHours = 24;

/** Name of the Certificate of a host and of the Secret with it: `home-git-certificate`. */
export function certificateName(platform: Platform, hostname: string): string {
  const label = hostname.endsWith(`.${platform.domain}`) ? hostname.slice(0, -platform.domain.length - 1) : hostname;
  return objectName(platform, `${label.replaceAll('.', '-')}-certificate`);
}

/** Who certifies, one certificate for each host, and the way of the ingress to what proves a host over HTTP. */
export function certificateObjects(platform: Platform, ingress: Workload): readonly Placed[] {
  const { certificates } = platform;
  if (certificates === undefined) return [];
  const place = (object: KubernetesObject): Placed => ({ object, workload: ingress.id, origin: certificates.origin });
  const metadata = (name: string) => workloadMetadata(platform, ingress, certificates.origin, name);
  const issuer = (name: string, spec: IssuerSpec): KubernetesObject => ({
    apiVersion: `${group}/v1`,
    kind: 'Issuer',
    metadata: metadata(name),
    body: { spec },
  });
  const certificate = (name: string, spec: CertificateSpec): KubernetesObject => ({
    apiVersion: `${group}/v1`,
    kind: 'Certificate',
    metadata: metadata(name),
    body: { spec },
  });
  const hosts = [...new Set(platform.routes.map(({ hostname }) => hostname))].sort();
  const name = objectName(platform, 'certificates');
  const ofHosts = hosts.map((hostname) => {
    const own = certificateName(platform, hostname);
    return certificate(own, { dnsNames: [hostname], secretName: own, issuerRef: reference(name) });
  });
  const authority = objectName(platform, 'authority');
  const issuers =
    certificates.kind === 'acme'
      ? [issuer(name, { acme: acmeOf(platform, ingress, certificates) })]
      : [
          issuer(objectName(platform, 'self-signed'), { selfSigned: {} }),
          certificate(authority, authoritySpec(platform, authority)),
          issuer(name, { ca: { secretName: authority } }),
        ];
  return [...issuers, ...ofHosts, ...solverPolicies(platform, ingress, certificates)].map(place);
}

function reference(name: string): CertificateSpec['issuerRef'] {
  return { group, kind: 'Issuer', name };
}

/** Its key is never replaced: a new one would have to be trusted anew everywhere. */
function authoritySpec(platform: Platform, secretName: string): CertificateSpec {
  return {
    isCA: true,
    commonName: `${platform.name}: authority for ${platform.domain}`.slice(0, 64),
    secretName,
    duration: `${3650 * dayHours}h`,
    privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
    usages: ['cert sign', 'crl sign'],
    issuerRef: reference(objectName(platform, 'self-signed')),
  };
}

function acmeOf(platform: Platform, ingress: Workload, acme: Acme): NonNullable<IssuerSpec['acme']> {
  return {
    server: acme.server,
    ...(acme.email === undefined ? {} : { email: acme.email }),
    privateKeySecretRef: { name: objectName(platform, 'acme-account') },
    solvers: [solverOf(platform, ingress, acme.challenge)],
  };
}

type Solver = NonNullable<IssuerSpec['acme']>['solvers'][number];

function solverOf(platform: Platform, ingress: Workload, challenge: Acme['challenge']): Solver {
  const name = objectName(platform, ingress.id);
  if (challenge.kind === 'http-01') {
    return platform.cluster.routes === 'gateway'
      ? {
          http01: {
            gatewayHTTPRoute: {
              parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name, sectionName: 'http' }],
            },
          },
        }
      : { http01: { ingress: { ingressClassName: name } } };
  }
  const keys = solverKeys[challenge.provider];
  // Whoever accepts that cert-manager knows no such provider writes its webhook here by a patch.
  if (keys === undefined) return { dns01: {} };
  const references = challenge.credentials.flatMap(({ variable, secret }) => {
    const key = keys[variable];
    return key === undefined ? [] : [[key, secretKeyOf(platform, secret)] as const];
  });
  return {
    dns01: { [challenge.provider]: { ...solverSettings[challenge.provider], ...Object.fromEntries(references) } },
  };
}

/** Nothing in the namespace may be reached unless a policy says so. */
function solverPolicies(
  platform: Platform,
  ingress: Workload,
  certificates: Certificates,
): readonly KubernetesObject[] {
  if (certificates.kind !== 'acme' || certificates.challenge.kind !== 'http-01') return [];
  const ports = [{ port: solverPort, protocol: 'TCP' }];
  const policy = (name: string, spec: PolicySpec): KubernetesObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: workloadMetadata(platform, ingress, certificates.origin, objectName(platform, name)),
    body: { spec },
  });
  const own = { matchLabels: selectorOf(platform, ingress.id) };
  const solver = { matchLabels: solverLabels };
  return [
    policy('acme-solver', {
      podSelector: solver,
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: own }], ports }],
    }),
    policy('to-acme-solver', {
      podSelector: own,
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: solver }], ports }],
    }),
  ];
}

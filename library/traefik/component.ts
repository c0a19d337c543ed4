import type { Demand } from '../../compiler/model/binding.ts';
import type { Component, ExpandContext, Parameters, PartContext } from '../../compiler/model/component.ts';
import type { Facts } from '../../compiler/model/facts.ts';
import type {
  Certificates,
  Config,
  EnvironmentVariable,
  Mount,
  Port,
  Route,
  Workload,
} from '../../compiler/model/platform.ts';
import { pointerTo } from '../../compiler/model/pointer.ts';
import { limitsIn } from '../../compiler/model/quantities.ts';
import type { FileRole } from '../../compiler/model/roles.ts';
import { secretPath } from '../../compiler/model/secret-mounts.ts';
import type { TraefikSpec } from '../../schema/spec.ts';
import { ownNeeds, ownVolume } from '../own-volume.ts';
import { guardDemand, protectionOf } from '../protection.ts';
import { ingressAlerts } from './alerts.ts';
import { awsCredentials, awsCredentialsPath, awsScript, isAwsCredential } from './aws-credentials.ts';
import { acmeFolder, configText, ports, staticConfig } from './config.ts';
import { kubernetesRules } from './kubernetes-rules.ts';
import { reloadScript } from './reload-script.ts';
import { dynamicConfig } from './routes.ts';
import { isWatched, ownRoutes, servingOf, streamPorts, tlsOf } from './serving.ts';
import { versionFindings } from './version.ts';

const paths = {
  'traefik.yml': '/etc/traefik/traefik.yml',
  'routes.yml': '/etc/traefik/routes.yml',
  'start.sh': '/etc/traefik/start.sh',
} as const;
const user = { uid: 65532, gid: 65532 } as const;
/** Where it finds what an authority of the platform's own certified. */
const servedFolder = '/etc/autogit/certificates';

/** What `ingress: traefik` means; it is there as soon as anything has a host. */
const implied: Parameters = {
  use: 'traefik',
  http: 80,
  https: 443,
  limits: { cpus: 1, memory: '256Mi' },
} satisfies TraefikSpec;

type Context = ExpandContext<'ingress'>;
type Acme = Extract<Certificates, { kind: 'acme' }>;

/**
 * Traefik: file provider on Compose, so it needs no Docker socket; on Kubernetes the provider for the kind of
 * routes that the file chose, with the class `<platform>-<id>`. It listens above 1024 and needs neither root nor a capability.
 */
export const traefik: Component<'ingress'> = {
  use: 'traefik',
  role: 'ingress',
  title: 'Traefik',
  licence: 'MIT',
  image: 'traefik:v3.7.13',
  oracle: 'traefik',
  implied,
  declare: (parameters, context) => declare(parameters as unknown as TraefikSpec, context),
  expand(parameters, context) {
    const spec = parameters as unknown as TraefikSpec;
    const configs = configsOf(spec, context);
    const acme = askedBy(context);
    const owner = acme === undefined ? [] : ownVolume({ id: acme.volume, ...user }, context);
    return { workloads: [workloadOf(spec, context, configs), ...owner], ready: [context.id], configs };
  },
};

/** It waits for an authority of the platform's own; sign-on may come later, and nobody passes until then. */
function declare(spec: TraefikSpec, context: PartContext): Facts {
  const { id, origin, platform } = context;
  const has = (role: FileRole): boolean => platform.roles.includes(role);
  const guard = guardOf(spec, context);
  return {
    demands: [
      ...(has('certificates') ? [{ role: 'certificates', origin } as const] : []),
      ...(guard === undefined ? [] : [guard]),
    ],
    routes: dashboardRoutes(spec, context),
    findings: versionFindings(spec.image, origin),
    ...(isWatched(context)
      ? {
          scrapes: [{ id, workload: id, port: ports.metrics, path: '/metrics', origin }],
          alerts: ingressAlerts(id, origin),
        }
      : {}),
  };
}

/** Its own page must be guarded, unless the file says otherwise; other routes bring the need with them. */
function guardOf({ dashboard }: TraefikSpec, { origin, platform }: PartContext): Demand<'sso'> | undefined {
  if (dashboard?.protect.by === 'sso') return guardDemand(pointerTo(origin, 'dashboard'));
  return platform.roles.includes('sso') ? { role: 'sso', origin, wait: false } : undefined;
}

function dashboardRoutes({ dashboard }: TraefikSpec, { id, origin, platform }: PartContext): readonly Route[] {
  const protect = protectionOf(dashboard?.protect);
  if (dashboard === undefined || protect === undefined) return [];
  return [
    {
      id: `${id}-dashboard`,
      hostname: `${dashboard.host}.${platform.domain}`,
      path: '/',
      workload: id,
      port: ports.ping,
      itself: true,
      origin: pointerTo(origin, 'dashboard'),
      protect,
    },
  ];
}

/** The ACME server that it asks itself, on Compose: there it keeps its account and the certificates. */
function askedBy({ platform, facts }: Context): Acme | undefined {
  const { certificates } = facts;
  return platform.target === 'compose' && certificates?.kind === 'acme' ? certificates : undefined;
}

/** The volume with what an authority of the platform's own certified, on Compose. */
function servedVolume({ platform, facts }: Context): string | undefined {
  const { certificates } = facts;
  return platform.target === 'compose' && certificates?.kind === 'own-ca' ? certificates.volume : undefined;
}

function configsOf(spec: TraefikSpec, context: Context): readonly Config[] {
  const { id, origin, platform, facts, bindings } = context;
  const settings = staticConfig(servingOf(spec, context, paths['routes.yml']));
  const routes = dynamicConfig(
    {
      routes: platform.target === 'kubernetes' ? ownRoutes(facts.routes, platform.routeApi) : facts.routes,
      streams: facts.streams,
      entryPoints: settings.entryPoints.inside === undefined ? outsideOf(context) : ['websecure', 'inside'],
      sso: bindings.sso,
      ...tlsOf(context, servedFolder),
    },
    (workload) => `${platform.name}-${workload}`,
  );
  const config = (key: string, file: keyof typeof paths, text: string): Config => ({
    id: `${id}-${key}`,
    workload: id,
    origin,
    file,
    text,
  });
  return [
    config('static', 'traefik.yml', configText(settings)),
    ...(settings.providers.file === undefined ? [] : [config('routes', 'routes.yml', configText(routes))]),
    ...startScripts(context).map((text) => config('start', 'start.sh', text)),
  ];
}

/** What it is started by, where the program alone is not enough: one script at most, and none where no start needs one. */
function startScripts(context: Context): readonly string[] {
  if (servedVolume(context) !== undefined) return [reloadScript(paths['traefik.yml'], `${servedFolder}/hosts.crt`)];
  const credentials = awsCredentials(askedBy(context));
  return credentials.length === 0 ? [] : [awsScript(paths['traefik.yml'], credentials)];
}

/** Where everything is sent to HTTPS, nothing is served without it. */
function outsideOf({ facts }: Context): readonly ('web' | 'websecure')[] {
  return facts.certificates === undefined ? ['web', 'websecure'] : ['websecure'];
}

function workloadOf(spec: TraefikSpec, context: Context, configs: readonly Config[]): Workload {
  const { id, origin, host, platform } = context;
  const acme = askedBy(context) !== undefined;
  return {
    id,
    origin,
    component: 'traefik',
    host: host.id,
    image: spec.image ?? traefik.image,
    ...(startScripts(context).length === 0 ? {} : { entrypoint: ['/bin/sh', paths['start.sh']], command: [] }),
    environment: environmentOf(context),
    ports: portsOf(spec, context),
    mounts: [
      ...configs.map(
        (config): Mount => ({ kind: 'config', config: config.id, path: paths[config.file as keyof typeof paths] }),
      ),
      { kind: 'tmpfs', path: '/tmp' },
      ...storageOf(context),
    ],
    health: {
      test: { kind: 'http', port: ports.ping, path: '/ping', client: 'wget' },
      intervalMs: 10_000,
      timeoutMs: 2_000,
      retries: 3,
      startMs: 30_000,
    },
    needs: acme ? ownNeeds(context) : [],
    limits: limitsIn(spec.limits),
    ...insideOf(spec, context),
    user,
    readOnlyRoot: true,
    capabilities: [],
    internet: acme,
    stateful: acme,
    // Requests that run are finished first.
    stopGraceMs: 15_000,
    ...(platform.target === 'kubernetes' ? { kubernetesRules: kubernetesRules[platform.routeApi] } : {}),
  };
}

function storageOf(context: Context): readonly Mount[] {
  const served = servedVolume(context);
  if (served !== undefined) return [{ kind: 'volume', volume: served, path: servedFolder, readOnly: true }];
  const acme = askedBy(context);
  if (acme === undefined) return [];
  const { trust, volume } = acme;
  return [
    { kind: 'volume', volume, path: acmeFolder, readOnly: false },
    ...[...new Set([...(trust === undefined ? [] : [trust]), ...awsCredentials(acme).map(({ secret }) => secret)])].map(
      (secret) => ({ kind: 'secret', secret, path: secretPath(secret) }) as const,
    ),
  ];
}

/** What lego asks for, each as the path of a file; those of AWS lie together in one. */
function environmentOf(context: Context): readonly EnvironmentVariable[] {
  const acme = askedBy(context);
  if (acme?.challenge.kind !== 'dns-01') return [];
  const { credentials } = acme.challenge;
  const ofAws = credentials.find(({ variable }) => isAwsCredential(variable));
  return [
    ...credentials
      .filter(({ variable }) => !isAwsCredential(variable))
      .map(
        ({ variable, secret, origin }) =>
          ({ name: `${variable}_FILE`, value: { kind: 'secret-file', secret }, origin }) as const,
      ),
    ...(ofAws === undefined
      ? []
      : [
          {
            name: 'AWS_SHARED_CREDENTIALS_FILE',
            value: { kind: 'text', text: awsCredentialsPath },
            origin: ofAws.origin,
          } as const,
        ]),
  ];
}

/**
 * On Compose it answers at the public name of sign-on for whoever asks from inside: a client of OpenID Connect has to
 * reach its issuer by the address that browsers use.
 */
function insideOf(spec: TraefikSpec, { platform, bindings }: Context): Pick<Workload, 'aliases' | 'sysctls'> {
  if (platform.target === 'kubernetes' || bindings.sso === undefined) return {};
  const hostname = bindings.sso.issuer.replace(/^https?:\/\//, '').replace(/:\d+$/, '');
  // Docker allows it by itself since 20.10; said here, it holds everywhere.
  const sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }];
  return { aliases: [hostname], ...(spec.https < 1024 ? { sysctls } : {}) };
}

function portsOf(spec: TraefikSpec, context: Context): readonly Port[] {
  const { origin, facts } = context;
  const published = (['http', 'https'] as const).map(
    (name): Port => ({
      name,
      port: ports[name],
      protocol: 'tcp',
      publish: { port: spec[name] },
      origin: pointerTo(origin, name),
    }),
  );
  const streams = streamPorts(spec, facts.streams).map(
    ({ name, inside, listen, origin: place }): Port => ({
      name,
      port: inside,
      protocol: 'tcp',
      publish: { port: listen },
      origin: place,
    }),
  );
  return [
    ...published,
    ...streams,
    { name: 'ping', port: ports.ping, protocol: 'tcp', origin },
    ...(isWatched(context)
      ? [{ name: 'metrics', port: ports.metrics, protocol: 'tcp', private: true, origin } as const]
      : []),
  ];
}

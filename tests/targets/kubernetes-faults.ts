/**
 * What is wrong with a set of Kubernetes objects although every schema accepts it: references that lead nowhere, names
 * that no server takes, settings that contradict each other. One sentence each.
 */

// biome-ignore lint/suspicious/noExplicitAny: objects are read as the YAML that they are.
type Yaml = any;

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const labelKey = /^(?:[a-z0-9.-]+\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const portName = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/;
const quantity = /^[0-9]+(?:\.[0-9]+)?(?:m|Ki|Mi|Gi|Ti)?$/;
const clusterWide = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'IngressClass', 'GatewayClass'];

interface World {
  readonly objects: readonly Yaml[];
  readonly templates: readonly { readonly owner: string; readonly pod: Yaml; readonly object: Yaml }[];
  /** Names that are there without being rendered: Secrets, and claims that others keep. */
  readonly kept: { readonly secrets: ReadonlySet<string>; readonly claims: ReadonlySet<string> };
}

export function faultsOf(objects: readonly Yaml[], kept: World['kept']): readonly string[] {
  const templates = objects.flatMap((object) => {
    const pod = object.spec?.jobTemplate?.spec.template ?? object.spec?.template;
    return pod?.spec?.containers === undefined
      ? []
      : [{ owner: `${object.kind} ${object.metadata.name}`, pod, object }];
  });
  const world: World = { objects, templates, kept };
  return [
    ...repeated(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).map(
      (each) => `${each} is there twice`,
    ),
    ...objects.flatMap((object) =>
      [...metadataFaults(object), ...emptyFaults(object)].map(
        (fault) => `${object.kind} ${object.metadata.name}: ${fault}`,
      ),
    ),
    ...objects.flatMap((object) =>
      objectFaults(world, object).map((fault) => `${object.kind} ${object.metadata.name}: ${fault}`),
    ),
    ...templates.flatMap(({ owner, pod, object }) =>
      podFaults(world, pod, object).map((fault) => `${owner}: ${fault}`),
    ),
  ];
}

function metadataFaults({ kind, metadata }: Yaml): readonly string[] {
  const labels = Object.entries(metadata.labels ?? {}) as [string, string][];
  const annotations = Object.entries(metadata.annotations ?? {}) as [string, string][];
  return [
    ...(label.test(metadata.name) ? [] : ['a name that no server takes']),
    ...(clusterWide.includes(kind) === (metadata.namespace === undefined)
      ? []
      : ['a namespace where none can be, or none']),
    ...labels.filter(([key, value]) => !labelKey.test(key) || !labelValue.test(value)).map(([key]) => `label ${key}`),
    ...annotations
      .filter(([key, value]) => !labelKey.test(key) || typeof value !== 'string')
      .map(([key]) => `annotation ${key}`),
  ];
}

/** Nulls, and lists and maps with nothing in them, but where empty means all. */
function emptyFaults(value: Yaml, path = ''): readonly string[] {
  if (value === null) return [`${path} is null`];
  if (typeof value !== 'object') return [];
  const entries = Object.entries(value);
  const meant = /\/(?:podSelector|command|args)$/.test(path);
  if (entries.length === 0 && !meant && path !== '') return [`${path} is empty`];
  return entries.flatMap(([key, member]) => emptyFaults(member, `${path}/${key}`));
}

function objectFaults(world: World, object: Yaml): readonly string[] {
  const { kind, spec } = object;
  switch (kind) {
    case 'Service':
      return serviceFaults(world, object);
    case 'NetworkPolicy':
    case 'PodDisruptionBudget': {
      const selector = (spec.podSelector ?? spec.selector).matchLabels ?? {};
      return Object.keys(selector).length === 0 || selects(world, selector) ? [] : ['selects no pod'];
    }
    case 'Deployment':
    case 'StatefulSet': {
      const labels = spec.template.metadata.labels;
      const inside = Object.entries(spec.selector.matchLabels).every(([key, value]) => labels[key] === value);
      const always = [undefined, 'Always'].includes(spec.template.spec.restartPolicy);
      return [
        ...(inside ? [] : ['its selector is not in the labels of its pods']),
        ...(always ? [] : ['restartPolicy']),
      ];
    }
    case 'ConfigMap':
      return Object.values(object.data).every((text) => typeof text === 'string') ? [] : ['data that is no text'];
    case 'Ingress':
      return [
        ...(has(world, 'IngressClass', spec.ingressClassName) ? [] : ['no such class']),
        ...spec.rules
          .flatMap(({ http }: Yaml) => http.paths)
          .flatMap(({ backend: { service } }: Yaml) => portFaults(world, service.name, service.port.number)),
      ];
    case 'IngressRoute':
      return spec.routes
        .flatMap(({ services }: Yaml) => services)
        .flatMap(({ name, port }: Yaml) => portFaults(world, name, port));
    case 'HTTPRoute':
      return [
        ...spec.parentRefs.filter(({ name }: Yaml) => !has(world, 'Gateway', name)).map(() => 'no such Gateway'),
        ...spec.rules
          .flatMap(({ backendRefs }: Yaml) => backendRefs)
          .flatMap(({ name, port }: Yaml) => portFaults(world, name, port)),
      ];
    case 'Gateway':
      return has(world, 'GatewayClass', spec.gatewayClassName) ? [] : ['no such class'];
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return [
        ...(has(world, object.roleRef.kind, object.roleRef.name) ? [] : ['no such role']),
        ...object.subjects.filter(({ name }: Yaml) => !has(world, 'ServiceAccount', name)).map(() => 'no such account'),
      ];
    default:
      return [];
  }
}

function serviceFaults(world: World, { spec }: Yaml): readonly string[] {
  const pods = world.templates.filter(({ pod }) => matches(pod, spec.selector));
  const names = pods.flatMap(({ pod }) => portsIn(pod).map(({ name }: Yaml) => name));
  return [
    ...(pods.length === 0 ? ['selects no pod'] : []),
    ...repeated(spec.ports.map(({ port, protocol }: Yaml) => `${protocol} ${port}`)).map(
      (each) => `${each} is there twice`,
    ),
    ...spec.ports
      .filter(({ targetPort }: Yaml) => !names.includes(targetPort))
      .map(({ name }: Yaml) => `no pod has port ${name}`),
    ...spec.ports
      .filter(({ protocol }: Yaml) => protocol === undefined)
      .map(({ name }: Yaml) => `port ${name} has no protocol`),
  ];
}

function podFaults(world: World, { metadata, spec }: Yaml, object: Yaml): readonly string[] {
  const containers: readonly Yaml[] = [...(spec.initContainers ?? []), ...spec.containers];
  const claims = (object.spec.volumeClaimTemplates ?? []).map((claim: Yaml) => claim.metadata.name);
  const volumes: readonly string[] = [...(spec.volumes ?? []).map(({ name }: Yaml) => name), ...claims];
  const ports = portsIn({ spec });
  return [
    ...metadataFaults({ kind: 'Pod', metadata: { name: 'x', namespace: 'x', ...metadata } }),
    ...(has(world, 'ServiceAccount', spec.serviceAccountName) ? [] : ['no such account']),
    ...repeated(containers.map(({ name }) => name)).map((name) => `container ${name} is there twice`),
    ...repeated(volumes).map((name) => `volume ${name} is there twice`),
    ...repeated(ports.map(({ name }: Yaml) => name)).map((name) => `port ${name} is there twice`),
    ...ports.filter(({ name }: Yaml) => !portName.test(name)).map(({ name }: Yaml) => `port ${name}`),
    ...(spec.volumes ?? []).flatMap((volume: Yaml) => sourceFaults(world, volume)),
    ...containers.flatMap((container) =>
      containerFaults(world, container, { volumes, spec }).map((fault) => `${container.name}: ${fault}`),
    ),
    ...repeated((spec.hostAliases ?? []).map(({ ip }: Yaml) => ip)).map((ip) => `${ip} is there twice`),
  ];
}

/** The claims that a StatefulSet has made for its pods: `data-home-forge-0`. */
function claimsMadeBy({ kind, metadata, spec }: Yaml): readonly string[] {
  if (kind !== 'StatefulSet') return [];
  const numbers = Array.from({ length: spec.replicas ?? 1 }, (_, number) => number);
  return (spec.volumeClaimTemplates ?? []).flatMap((claim: Yaml) =>
    numbers.map((number) => `${claim.metadata.name}-${metadata.name}-${number}`),
  );
}

function sourceFaults(world: World, { name, persistentVolumeClaim, configMap, projected }: Yaml): readonly string[] {
  const claim = persistentVolumeClaim?.claimName;
  const isThere =
    claim === undefined ||
    has(world, 'PersistentVolumeClaim', claim) ||
    world.kept.claims.has(claim) ||
    world.objects.some((object) => claimsMadeBy(object).includes(claim));
  const maps = [configMap?.name, ...(projected?.sources ?? []).map((source: Yaml) => source.configMap?.name)];
  const missing = maps.filter(
    (map) => map !== undefined && map !== 'kube-root-ca.crt' && !has(world, 'ConfigMap', map),
  );
  const secrets = (projected?.sources ?? []).flatMap(({ secret }: Yaml) => (secret === undefined ? [] : [secret.name]));
  return [
    ...(isThere ? [] : [`volume ${name}: no claim ${claim}`]),
    ...missing.map((map) => `volume ${name}: no ConfigMap ${map}`),
    ...secrets
      .filter((secret: string) => !world.kept.secrets.has(secret))
      .map((secret: string) => `volume ${name}: no secret ${secret}`),
  ];
}

function containerFaults(
  world: World,
  container: Yaml,
  { volumes, spec }: { volumes: readonly string[]; spec: Yaml },
): readonly string[] {
  const { env = [], volumeMounts = [], resources, securityContext, imagePullPolicy } = container;
  const user = securityContext.runAsUser ?? spec.securityContext?.runAsUser;
  const mustNotBeRoot = securityContext.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
  const handlers = ['httpGet', 'tcpSocket', 'exec', 'grpc'];
  const probes = [container.readinessProbe, container.livenessProbe, container.startupProbe].filter((each) => each);
  return [
    ...repeated(env.map(({ name }: Yaml) => name)).map((name) => `variable ${name} is there twice`),
    ...env
      .filter(({ value, valueFrom }: Yaml) => (value === undefined) === (valueFrom === undefined))
      .map(({ name }: Yaml) => `variable ${name} has no value, or two`),
    ...env
      .filter(({ value }: Yaml) => value !== undefined && typeof value !== 'string')
      .map(({ name }: Yaml) => `variable ${name} is no text`),
    ...env
      .filter(({ valueFrom }: Yaml) => valueFrom && !world.kept.secrets.has(valueFrom.secretKeyRef.name))
      .map(({ name }: Yaml) => `variable ${name}: no such secret`),
    ...repeated(volumeMounts.map(({ mountPath }: Yaml) => mountPath)).map((path) => `two mounts at ${path}`),
    ...volumeMounts.filter(({ name }: Yaml) => !volumes.includes(name)).map(({ name }: Yaml) => `no volume ${name}`),
    ...[...Object.values(resources.requests), ...Object.values(resources.limits)]
      .filter((each) => !quantity.test(String(each)))
      .map((each) => `quantity ${each}`),
    ...Object.entries(resources.requests)
      .filter(([key, each]) => amount(each) > amount(resources.limits[key]))
      .map(([key]) => `requests more ${key} than its limit`),
    ...(mustNotBeRoot === true && (user === undefined || user === 0) ? ['must not be root, and is'] : []),
    ...(imagePullPolicy === 'IfNotPresent' ? [] : [`imagePullPolicy ${imagePullPolicy}`]),
    ...probes
      .filter((probe) => handlers.filter((handler) => probe[handler] !== undefined).length !== 1)
      .map(() => 'a probe with no handler, or two'),
  ];
}

/** Thousandths of what a quantity says, exactly. */
function amount(text: unknown): number {
  const [, number = '', unit = ''] = /^([0-9.]+)([A-Za-z]*)$/.exec(String(text ?? '')) ?? [];
  const factors: Readonly<Record<string, number>> = {
    m: 1,
    '': 1000,
    Ki: 1000 * 2 ** 10,
    Mi: 1000 * 2 ** 20,
    Gi: 1000 * 2 ** 30,
    Ti: 1000 * 2 ** 40,
  };
  return Number(number) * (factors[unit] ?? Number.NaN);
}

function portFaults({ objects }: World, service: string, port: number): readonly string[] {
  const found = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === service);
  if (found === undefined) return [`no Service ${service}`];
  return found.spec.ports.some((each: Yaml) => each.port === port) ? [] : [`Service ${service} has no port ${port}`];
}

function selects(world: World, selector: Readonly<Record<string, string>>): boolean {
  return world.templates.some(({ pod }) => matches(pod, selector));
}

function matches(pod: Yaml, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => pod.metadata.labels[key] === value);
}

function portsIn({ spec }: Yaml): readonly Yaml[] {
  return spec.containers.flatMap(({ ports = [] }: Yaml) => ports);
}

function has({ objects }: World, kind: string, name: string): boolean {
  return objects.some((object) => object.kind === kind && object.metadata.name === name);
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

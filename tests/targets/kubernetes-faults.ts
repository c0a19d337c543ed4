/**
 * What is wrong with a set of Kubernetes objects although every schema accepts it: what the compiler finds in patched
 * objects, and what it must never write itself although servers take it. One sentence each.
 */
import { objectFaults } from '../../compiler/kubernetes/faults/object-faults.ts';
import { worldOf } from '../../compiler/kubernetes/faults/world.ts';
import type { Platform } from '../../compiler/model/platform.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects are read as the YAML that they are.
type Yaml = any;

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const quantity = /^[0-9]+(?:\.[0-9]+)?(?:m|Ki|Mi|Gi|Ti)?$/;
const clusterWide = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'IngressClass', 'GatewayClass'];

export function faultsOf(objects: readonly Yaml[], platform: Platform): readonly string[] {
  const world = worldOf(objects, platform);
  return [
    ...repeated(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).map(
      (each) => `${each} is there twice`,
    ),
    ...objects.flatMap((object) =>
      objectFaults(world, object).map(({ object: title, path, wrong }) => `${title}${path}: ${wrong}`),
    ),
    ...objects.flatMap((object) =>
      styleFaults(object).map((fault) => `${object.kind} ${object.metadata.name}: ${fault}`),
    ),
  ];
}

/** What servers take, and what is not written all the same. */
function styleFaults(object: Yaml): readonly string[] {
  const { kind, metadata, spec, data = {} } = object;
  const pod = spec?.jobTemplate?.spec.template ?? spec?.template;
  const ports = kind === 'Service' ? spec.ports : [];
  return [
    ...(label.test(metadata.name) ? [] : ['a name that no server takes']),
    ...(clusterWide.includes(kind) === (metadata.namespace === undefined)
      ? []
      : ['a namespace where none can be, or none']),
    ...emptyFaults(object),
    ...(Object.values(data).every((text) => typeof text === 'string') ? [] : ['data that is no text']),
    ...ports
      .filter(({ targetPort, protocol }: Yaml) => typeof targetPort !== 'string' || protocol === undefined)
      .map(({ name }: Yaml) => `port ${name} has no protocol, or leads to a number`),
    ...(pod?.spec?.containers === undefined ? [] : podFaults(pod.spec)),
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

function podFaults(spec: Yaml): readonly string[] {
  return [
    ...(spec.serviceAccountName === undefined ? ['no account of its own'] : []),
    ...repeated((spec.hostAliases ?? []).map(({ ip }: Yaml) => ip)).map((ip) => `${ip} is there twice`),
    ...[...(spec.initContainers ?? []), ...spec.containers].flatMap((container) => containerFaults(container, spec)),
  ];
}

function containerFaults(container: Yaml, spec: Yaml): readonly string[] {
  const { env = [], resources, securityContext, imagePullPolicy } = container;
  const user = securityContext.runAsUser ?? spec.securityContext?.runAsUser;
  const mustNotBeRoot = securityContext.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
  return [
    ...env
      .filter(({ value, valueFrom }: Yaml) => (value === undefined) === (valueFrom === undefined))
      .map(({ name }: Yaml) => `variable ${name} has no value, or two`),
    ...[...Object.values(resources.requests), ...Object.values(resources.limits)]
      .filter((each) => !quantity.test(String(each)))
      .map((each) => `quantity ${each}`),
    ...(mustNotBeRoot === true && user === undefined ? ['must not be root, and may be'] : []),
    ...(imagePullPolicy === 'IfNotPresent' ? [] : [`imagePullPolicy ${imagePullPolicy}`]),
  ];
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

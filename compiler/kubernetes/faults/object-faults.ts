import { type Fault, repeated } from '../../model/patch-fault.ts';
import { pointerTo } from '../../model/pointer.ts';
import type { PodTemplate } from '../objects.ts';
import type { ManifestJson } from '../synth.ts';
import { metadataFaults } from './metadata-faults.ts';
import { missing, noPort, type Place } from './place.ts';
import { podFaults } from './pod-faults.ts';
import { claimFaults } from './quantity-faults.ts';
import { routeFaults } from './route-faults.ts';
import { labelsOf, matches, podsOf, type Selector, selectorIn } from './selectors.ts';
import { found, isKind, templateOf, titleOf, type World } from './world.ts';

/**
 * What is wrong with one object although its schema accepts it: names that lead nowhere, settings that contradict each
 * other, words that no server takes (k8s.io/kubernetes, pkg/apis/core/validation).
 */
export function objectFaults(world: World, object: ManifestJson): readonly Fault[] {
  const title = titleOf(object);
  const { pod, path = '' } = templateOf(object) ?? {};
  const selected = podsOf(world, object);
  const places = [
    ...metadataFaults(object.metadata, '/metadata'),
    ...selectionFaults(object, selected),
    ...serviceFaults(object, selected),
    ...makerFaults(object),
    ...routeFaults(world, object),
    ...bindingFaults(world, object),
    ...claimFaults(object),
    ...(pod === undefined ? [] : podFaults(world, object, pod, path)),
  ];
  return places.map((place) => ({ object: title, ...place }));
}

function selectionFaults(object: ManifestJson, pods: readonly PodTemplate[]): readonly Place[] {
  const { path } = selectorIn(object) ?? {};
  if (path === undefined || pods.length > 0) return [];
  if (object.kind !== 'Service' && isForAll(object)) return [];
  return [
    { path, wrong: 'selects no pod', hint: 'write labels that a pod of this platform has, or leave them as they are' },
  ];
}

function isForAll(object: ManifestJson): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selectorIn(object)?.selector ?? {};
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

function serviceFaults(object: ManifestJson, pods: readonly PodTemplate[]): readonly Place[] {
  if (!isKind(object, 'Service')) return [];
  const { ports = [] } = object.spec ?? {};
  const known = pods.flatMap(({ spec }) =>
    (spec?.containers ?? []).flatMap(({ ports: own = [] }) => own.flatMap(({ name }) => name ?? [])),
  );
  const at = (index: number, key: string) => pointerTo('/spec/ports', index, key);
  return [
    ...repeated(ports.map(({ port, protocol = 'TCP' }) => `${protocol} ${port}`)).map(({ text, at: index }) => ({
      path: at(index, 'port'),
      wrong: `${text} is there twice`,
      hint: 'give each port another number',
    })),
    ...repeated(ports.map(({ name }) => name)).map(({ text, at: index }) => ({
      path: at(index, 'name'),
      wrong: `the name '${text}' is there twice`,
      hint: 'give each port another name',
    })),
    ...ports.flatMap(({ targetPort }, index) =>
      typeof targetPort !== 'string' || pods.length === 0 || known.includes(targetPort)
        ? []
        : [{ path: at(index, 'targetPort'), ...noPort(targetPort, known, 'no pod that it selects has a') }],
    ),
  ];
}

/** What makes pods has to find them again, and they have to be started again, or not, as its kind needs. */
function makerFaults(object: ManifestJson): readonly Place[] {
  const { pod, path } = templateOf(object) ?? {};
  if (pod === undefined) return [];
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const fitting = isKind(object, 'Job', 'CronJob') ? ['OnFailure', 'Never'] : ['Always'];
  const wrongPolicy = {
    path: `${path}/spec/restartPolicy`,
    wrong: `a ${object.kind} cannot have '${policy}'`,
    hint: `write ${fitting.join(' or ')}`,
  };
  const selector = isKind(object, 'Deployment', 'StatefulSet', 'DaemonSet') ? object.spec?.selector : undefined;
  return [
    ...(fitting.includes(policy) ? [] : [wrongPolicy]),
    ...(selector === undefined || matches(labelsOf(pod), selector as Selector)
      ? []
      : [
          {
            path: '/spec/selector',
            wrong: 'is not in the labels of its pods',
            hint: 'leave both as they are rendered',
          },
        ]),
  ];
}

function bindingFaults(world: World, object: ManifestJson): readonly Place[] {
  if (!isKind(object, 'RoleBinding', 'ClusterRoleBinding')) return [];
  const { roleRef, subjects = [] } = object;
  return [
    ...(found(world, object, roleRef.kind, roleRef.name) ? [] : [missing('/roleRef/name', roleRef.kind, roleRef.name)]),
    ...subjects.flatMap(({ kind, name, namespace }, index) => {
      const isThere =
        kind !== 'ServiceAccount' || world.objects.has(`${kind}/${namespace ?? object.metadata.namespace}/${name}`);
      return isThere ? [] : [missing(pointerTo('/subjects', index, 'name'), kind, name)];
    }),
  ];
}

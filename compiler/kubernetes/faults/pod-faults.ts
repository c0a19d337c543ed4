import { repeated } from '../../model/patch-fault.ts';
import { pointerTo } from '../../model/pointer.ts';
import type { PodTemplate, PodVolume } from '../objects.ts';
import type { ManifestJson } from '../synth.ts';
import { containerFaults, referenceFaults } from './container-faults.ts';
import { metadataFaults } from './metadata-faults.ts';
import { missing, type Place } from './place.ts';
import { quantityFaults } from './quantity-faults.ts';
import { claimsMadeBy, found, isKind, type World } from './world.ts';

/** RFC 6335, which ports of containers are named by. */
const portName = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/;
const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** What is wrong with the pods that an object makes; `path` leads to their template. */
export function podFaults(world: World, object: ManifestJson, pod: PodTemplate, path: string): readonly Place[] {
  const { initContainers = [], containers = [], volumes = [], serviceAccountName, securityContext } = pod.spec ?? {};
  const made = isKind(object, 'StatefulSet') ? (object.spec?.volumeClaimTemplates ?? []) : [];
  const known = [...volumes.map(({ name }) => name), ...made.flatMap(({ metadata }) => metadata?.name ?? [])];
  const all = [
    ...initContainers.map((container, at) => ({ container, path: pointerTo(path, 'spec', 'initContainers', at) })),
    ...containers.map((container, at) => ({ container, path: pointerTo(path, 'spec', 'containers', at) })),
  ];
  const ports = all.flatMap(({ container, path: of }) =>
    (container.ports ?? []).map(({ name }, at) => ({ name, path: pointerTo(of, 'ports', at, 'name') })),
  );
  const isAccount =
    serviceAccountName === undefined ||
    serviceAccountName === 'default' ||
    found(world, object, 'ServiceAccount', serviceAccountName) !== undefined;
  return [
    ...metadataFaults(pod.metadata, `${path}/metadata`),
    ...(isAccount ? [] : [missing(`${path}/spec/serviceAccountName`, 'ServiceAccount', serviceAccountName)]),
    ...twice(
      'container',
      all.map(({ container: { name }, path: of }) => ({ name, path: `${of}/name` })),
    ),
    ...all.flatMap(({ container: { name }, path: of }) => badName(label, `${of}/name`, name, 'container')),
    ...twice(
      'volume',
      volumes.map(({ name }, at) => ({ name, path: pointerTo(path, 'spec', 'volumes', at, 'name') })),
    ),
    ...twice('port', ports),
    ...ports.flatMap(({ name, path: of }) => (name === undefined ? [] : badName(portName, of, name, 'port'))),
    ...volumes.flatMap((volume, at) => sourceFaults(world, object, volume, pointerTo(path, 'spec', 'volumes', at))),
    ...all.flatMap(({ container, path: of }) =>
      containerFaults(world, object, { container, path: of, volumes: known, pod: securityContext }),
    ),
  ];
}

function twice(
  what: string,
  named: readonly { readonly name?: string | undefined; readonly path: string }[],
): readonly Place[] {
  return repeated(named.map(({ name }) => name)).map(({ text, at }) => ({
    path: named[at]?.path ?? '',
    wrong: `${what} '${text}' is there twice`,
    hint: `give each ${what} of the pod another name`,
  }));
}

function badName(form: RegExp, path: string, name: string, what: 'container' | 'port'): readonly Place[] {
  if (form.test(name)) return [];
  const most = what === 'port' ? 15 : 63;
  return [
    {
      path,
      wrong: `'${name}' is no name of a ${what}`,
      hint: `write lower-case letters, digits and \`-\`, at most ${most} of them`,
    },
  ];
}

/** Claims, ConfigMaps and Secrets that a volume is filled from. */
function sourceFaults(world: World, object: ManifestJson, volume: PodVolume, path: string): readonly Place[] {
  const { persistentVolumeClaim, configMap, secret, projected, emptyDir } = volume;
  const claim = persistentVolumeClaim?.claimName;
  return [
    ...(claim === undefined || hasClaim(world, object, claim)
      ? []
      : [missing(`${path}/persistentVolumeClaim/claimName`, 'PersistentVolumeClaim', claim)]),
    ...referenceFaults(world, object, 'ConfigMap', configMap, `${path}/configMap/name`),
    ...referenceFaults(
      world,
      object,
      'Secret',
      secret && { name: secret.secretName, optional: secret.optional },
      `${path}/secret/secretName`,
    ),
    ...(projected?.sources ?? []).flatMap((source, at) => {
      const of = pointerTo(path, 'projected', 'sources', at);
      return [
        ...referenceFaults(world, object, 'ConfigMap', source.configMap, `${of}/configMap/name`),
        ...referenceFaults(world, object, 'Secret', source.secret, `${of}/secret/name`),
      ];
    }),
    ...quantityFaults(emptyDir?.sizeLimit === undefined ? {} : { sizeLimit: emptyDir.sizeLimit }, `${path}/emptyDir`),
  ];
}

function hasClaim(world: World, object: ManifestJson, name: string): boolean {
  if (world.claims.has(name) || found(world, object, 'PersistentVolumeClaim', name) !== undefined) return true;
  return [...world.makers.values()].some((each) => claimsMadeBy(each).includes(name));
}

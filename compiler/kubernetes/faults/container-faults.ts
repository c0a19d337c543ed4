import { repeated } from '../../model/patch-fault.ts';
import { pointerTo } from '../../model/pointer.ts';
import type { Container, PodSecurityContext, Probe } from '../objects.ts';
import type { ManifestJson } from '../synth.ts';
import { missing, noPort, type Place } from './place.ts';
import { resourceFaults } from './quantity-faults.ts';
import { found, isKind, type World } from './world.ts';

interface Given {
  readonly container: Container;
  readonly path: string;
  /** Names of the volumes that it can mount. */
  readonly volumes: readonly string[];
  /** What the pod says for all its containers. */
  readonly pod: PodSecurityContext | undefined;
}

export function containerFaults(world: World, object: ManifestJson, given: Given): readonly Place[] {
  const { container, path } = given;
  return [
    ...environmentFaults(world, object, given),
    ...mountFaults(given),
    ...resourceFaults(container.resources ?? {}, `${path}/resources`),
    ...policyFaults(given),
    ...(['readinessProbe', 'livenessProbe', 'startupProbe'] as const).flatMap((key) =>
      probeFaults(container, container[key], `${path}/${key}`),
    ),
    ...rootFaults(given),
  ];
}

/** What every server takes; newer ones take more. */
const variableName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

function environmentFaults(world: World, object: ManifestJson, { container, path }: Given): readonly Place[] {
  const { env = [], envFrom = [] } = container;
  const at = (index: number, ...keys: readonly string[]) => pointerTo(path, 'env', index, ...keys);
  return [
    ...repeated(env.map(({ name }) => name)).map(({ text, at: index }) => ({
      path: at(index, 'name'),
      wrong: `variable ${text} is there twice`,
      hint: 'keep one of the two',
    })),
    ...env.flatMap(({ name, value, valueFrom }, index) => [
      ...(variableName.test(name)
        ? []
        : [
            {
              path: at(index, 'name'),
              wrong: `'${name}' is no name of a variable`,
              hint: 'write letters, digits and `_`',
            },
          ]),
      ...(value !== undefined && valueFrom !== undefined
        ? [{ path: at(index), wrong: `variable ${name} has two values`, hint: 'write `value` or `valueFrom`' }]
        : []),
      ...referenceFaults(
        world,
        object,
        'Secret',
        valueFrom?.secretKeyRef,
        at(index, 'valueFrom', 'secretKeyRef', 'name'),
      ),
      ...referenceFaults(
        world,
        object,
        'ConfigMap',
        valueFrom?.configMapKeyRef,
        at(index, 'valueFrom', 'configMapKeyRef', 'name'),
      ),
    ]),
    ...envFrom.flatMap(({ secretRef, configMapRef }, index) => {
      const of = pointerTo(path, 'envFrom', index);
      return [
        ...referenceFaults(world, object, 'Secret', secretRef, `${of}/secretRef/name`),
        ...referenceFaults(world, object, 'ConfigMap', configMapRef, `${of}/configMapRef/name`),
      ];
    }),
  ];
}

/** A Secret or ConfigMap that is named, must be there, and is not. */
export function referenceFaults(
  world: World,
  object: ManifestJson,
  kind: 'Secret' | 'ConfigMap',
  reference: { readonly name?: string | undefined; readonly optional?: boolean | undefined } | undefined,
  path: string,
): readonly Place[] {
  const { name, optional } = reference ?? {};
  if (name === undefined || optional === true) return [];
  const isThere =
    kind === 'Secret'
      ? world.secrets.has(name) || isIssued(world, name)
      : name === 'kube-root-ca.crt' || found(world, object, kind, name) !== undefined;
  return isThere ? [] : [missing(path, kind, name)];
}

/** Whether cert-manager makes this Secret for a certificate of the platform. */
function isIssued({ objects }: World, name: string): boolean {
  return [...objects.values()].some((each) => isKind(each, 'Certificate') && each.spec.secretName === name);
}

function mountFaults({ container: { volumeMounts = [] }, path, volumes }: Given): readonly Place[] {
  const at = (index: number, key: string) => pointerTo(path, 'volumeMounts', index, key);
  return [
    ...repeated(volumeMounts.map(({ mountPath }) => mountPath)).map(({ text, at: index }) => ({
      path: at(index, 'mountPath'),
      wrong: `two volumes are mounted at ${text}`,
      hint: 'mount one of them elsewhere',
    })),
    ...volumeMounts.flatMap(({ name }, index) =>
      volumes.includes(name)
        ? []
        : [
            {
              path: at(index, 'name'),
              wrong: `the pod has no volume '${name}'`,
              hint: `${volumes.length === 0 ? '' : `there are ${volumes.join(', ')}; `}add it to the volumes of the pod`,
            },
          ],
    ),
  ];
}

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

function policyFaults({ container: { imagePullPolicy: policy }, path }: Given): readonly Place[] {
  if (policy === undefined || pullPolicies.includes(policy)) return [];
  const wrong = `there is no policy '${policy}'`;
  return [{ path: `${path}/imagePullPolicy`, wrong, hint: `write one of ${pullPolicies.join(', ')}` }];
}

const handlers = ['exec', 'grpc', 'httpGet', 'tcpSocket'] as const;

function probeFaults({ ports = [] }: Container, probe: Probe | undefined, path: string): readonly Place[] {
  if (probe === undefined) return [];
  const given = handlers.filter((handler) => probe[handler] !== undefined);
  const asks = given.length === 0 ? 'asks nothing' : `asks in ${given.length} ways: ${given.join(', ')}`;
  const known = ports.flatMap(({ name }) => name ?? []);
  return [
    ...(given.length === 1 ? [] : [{ path, wrong: asks, hint: `keep one of ${handlers.join(', ')}` }]),
    ...(['httpGet', 'tcpSocket'] as const).flatMap((handler) => {
      const port = probe[handler]?.port;
      if (typeof port !== 'string' || known.includes(port)) return [];
      return [{ path: `${path}/${handler}/port`, ...noPort(port, known, 'the container has no') }];
    }),
  ];
}

function rootFaults({ container: { securityContext }, path, pod }: Given): readonly Place[] {
  const user = securityContext?.runAsUser ?? pod?.runAsUser;
  const mustNot = securityContext?.runAsNonRoot ?? pod?.runAsNonRoot;
  if (mustNot !== true || user !== 0) return [];
  const isOwn = securityContext?.runAsUser !== undefined;
  return [
    {
      path: isOwn
        ? `${path}/securityContext/runAsUser`
        : `${path.replace(/\/[^/]+\/\d+$/, '')}/securityContext/runAsUser`,
      wrong: 'runs as root, and must not by runAsNonRoot',
      hint: 'give it another user, or let it be root with `runAsNonRoot: false`',
    },
  ];
}

import type { Finding } from '../../schema/diagnostic.ts';
import type { Patch, Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { type Offence, offencesOf, type PodJson } from './pod-standards.ts';
import { isLaxer, type Level, levels } from './security.ts';
import type { ManifestJson } from './synth.ts';
import { minorOf } from './versions.ts';

/** One patch that was carried out: the object before and after it. */
export interface Carried {
  readonly patch: Patch;
  readonly before: ManifestJson;
  readonly after: ManifestJson;
}

const enforceLabel = 'pod-security.kubernetes.io/enforce';

/**
 * Pods that the namespace would not let in any more, each at the patch that made them so. An API server takes the
 * Deployment all the same, and only its pods would never come.
 * @param objects as they are after every patch
 */
export function refusedPods(
  objects: readonly ManifestJson[],
  carried: readonly Carried[],
  { cluster }: Platform,
): readonly Finding[] {
  const minor = minorOf(cluster.version);
  const spaces = objects.flatMap((object) => {
    if (object.kind !== 'Namespace') return [];
    const patch = carried.findLast(({ after }) => isSame(after, object))?.patch;
    return [[object.metadata.name, { patch, enforced: enforcedBy(object) }] as const];
  });
  const space = new Map(spaces);
  const unknown = spaces.flatMap(([, { patch, enforced }]) =>
    enforced === undefined && patch !== undefined ? [noLevel(patch)] : [],
  );
  const tooMuch = objects.flatMap((object) => {
    const { patch, enforced } = space.get(object.metadata.namespace ?? '') ?? {};
    if (enforced === undefined) return [];
    const beyond = offences(object, minor).filter(({ level }) => isLaxer(level, enforced));
    const own = carried.filter(({ after }) => isSame(after, object));
    return blamed(beyond, own, patch, minor).map(([culprit, found]) => refused(culprit, object, found, enforced));
  });
  return [...unknown, ...tooMuch];
}

function isSame(a: ManifestJson, b: ManifestJson): boolean {
  return a.kind === b.kind && a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;
}

function offences(object: ManifestJson, minor: number): readonly Offence[] {
  const pod = podOf(object);
  return pod === undefined ? [] : offencesOf(pod, minor);
}

interface Template {
  readonly metadata?: Pick<PodJson, 'annotations'>;
  readonly spec?: PodJson['spec'];
}

/** The pod that an object makes, for every kind that makes pods. */
function podOf({ spec }: ManifestJson): PodJson | undefined {
  const { template, jobTemplate } = (spec ?? {}) as {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec?: { readonly template?: Template } };
  };
  const found = template ?? jobTemplate?.spec?.template;
  if (found?.spec?.containers === undefined) return undefined;
  const { annotations } = found.metadata ?? {};
  return { spec: found.spec, ...(annotations === undefined ? {} : { annotations }) };
}

/** Each offence goes to the last patch that brought it, or else to the one that made the namespace stricter. */
function blamed(
  found: readonly Offence[],
  carried: readonly Carried[],
  ofNamespace: Patch | undefined,
  minor: number,
): readonly (readonly [Patch, readonly Offence[]])[] {
  if (found.length === 0) return [];
  const brought = carried.map(({ patch, before, after }) => {
    const had = new Set(offences(before, minor).map(({ reason }) => reason));
    return { patch, reasons: offences(after, minor).flatMap(({ reason }) => (had.has(reason) ? [] : [reason])) };
  });
  const byPatch = new Map<Patch, Offence[]>();
  for (const offence of found) {
    const patch = brought.findLast(({ reasons }) => reasons.includes(offence.reason))?.patch ?? ofNamespace;
    if (patch !== undefined) byPatch.set(patch, [...(byPatch.get(patch) ?? []), offence]);
  }
  return [...byPatch];
}

/** The level that a namespace enforces, which is none when it does not say; undefined for a level that is not known. */
function enforcedBy(namespace: ManifestJson): Level | undefined {
  const { labels = {} } = namespace.metadata as { readonly labels?: Readonly<Record<string, string>> };
  const label = labels[enforceLabel] ?? 'privileged';
  return levels.find((level) => level === label);
}

function refused(
  { origin, change }: Patch,
  { kind, metadata }: ManifestJson,
  found: readonly Offence[],
  enforced: Level,
): Finding {
  const reasons = found.map(({ reason }) => reason).join(', ');
  const needed = found.some(({ level }) => level === 'privileged') ? 'privileged' : 'baseline';
  return {
    code: 'AG532',
    pointer: pointerTo(origin, change.kind),
    message: `with the patch the pods of ${kind} '${metadata.name}' are refused by their namespace, which enforces the Pod Security level ${enforced}: ${reasons}`,
    hint: `${isUnsaid(found) ? `give each container of the patch \`${hardened}\`` : 'do without it'}, or write \`cluster: { podSecurity: ${needed} }\`, which lets every pod of the platform do so`,
  };
}

/** What a container has to say of itself where the strictest level is enforced, which one in a patch easily leaves out. */
const hardened = 'securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }';

function isUnsaid(found: readonly Offence[]): boolean {
  return found.every(({ reason }) => / (?:does not drop all capabilities|may gain privileges)$/.test(reason));
}

function noLevel({ origin, change, name }: Patch): Finding {
  return {
    code: 'AG512',
    pointer: pointerTo(origin, change.kind),
    message: `the patch makes Namespace '${name}' something that Kubernetes does not know: ${enforceLabel} names no level`,
    hint: `write one of ${levels.join(', ')}`,
  };
}

/** Two settings of a container that an API server refuses together, though each is right by its schema. */
export function contradiction(object: ManifestJson): string | undefined {
  const { containers = [], initContainers = [] } = podOf(object)?.spec ?? {};
  for (const { name, securityContext = {} } of [...initContainers, ...containers]) {
    const { privileged, allowPrivilegeEscalation, capabilities: { add = [] } = {} } = securityContext;
    if (allowPrivilegeEscalation !== false) continue;
    const what =
      privileged === true ? 'is privileged' : add.includes('CAP_SYS_ADMIN') ? 'adds CAP_SYS_ADMIN' : undefined;
    if (what !== undefined) return `container '${name}' ${what}, for which allowPrivilegeEscalation cannot be false`;
  }
  return undefined;
}

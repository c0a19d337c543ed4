import type { Value } from '../../schema/document.ts';
import type { ComposeModel, ComposeNetwork, ComposeService, ComposeVolume } from '../model/compose-project.ts';
import { type JsonSchema, judgeBy, misfit } from '../model/conform.ts';
import { schemaOf } from './carried-out-schema.ts';

type Kind = 'service' | 'network' | 'volume';

/**
 * Why the reconciler would not do what a patched object says, or could not; undefined when it does. The schema of Compose
 * allows much more: short forms, objects of other projects, keys that have no effect here. None of it may go through
 * unseen, because a patch is no way around what the file and the policy of the host are asked for.
 * @param model the project as it is without the patch
 */
export function notCarriedOut(model: ComposeModel, kind: Kind, before: unknown, after: Value): string | undefined {
  if (typeof after !== 'object' || after === null || Array.isArray(after)) return 'it is no map any more';
  const members = after as Readonly<Record<string, Value>>;
  const schema = schemaOf[kind];
  const unknown = Object.keys(members).find((key) => !Object.hasOwn(schema.properties ?? {}, key));
  if (unknown !== undefined) return `/${unknown}: is in the file, but the reconciler would not carry it out`;
  const changed = changedOf(kind, before as Readonly<Record<string, unknown>>, members);
  if (changed !== undefined) return changed;
  const wrong = misfit(judgeBy(schema as JsonSchema), schema, after);
  if (wrong !== undefined) return wrong.replace(/^: /, '');
  return kind === 'service'
    ? elsewhere(model, before as ComposeService, after as unknown as ComposeService)
    : undefined;
}

/** What a patch must leave as it is, and where it is said instead. */
const fixed: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  service: {
    image: '`image:` of the service says it, so that the lock and the checks see it',
    network_mode: '`hostNetwork: true` of the service says it',
    profiles: '`schedule:` of the service says it',
    'x-autogit-job': '`schedule:` of the service says it',
    cap_drop: 'all capabilities are dropped from every container',
    security_opt: 'no container may gain privileges',
  } satisfies Partial<Record<keyof ComposeService, string>>,
  network: {
    name: 'the reconciler knows it by this name',
    labels: 'the reconciler labels it by itself',
  } satisfies Partial<Record<keyof ComposeNetwork, string>>,
  volume: {
    name: '`external:` of the volume says it',
    external: '`external:` of the volume says it',
    labels: 'the reconciler labels it by itself',
  } satisfies Record<keyof ComposeVolume | 'labels', string>,
};

function changedOf(
  kind: Kind,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string | undefined {
  const key = Object.keys(fixed[kind]).find((each) => !isSame(before[each], after[each]));
  return key === undefined ? undefined : `/${key}: cannot be patched: ${fixed[kind][key]}`;
}

/** Names that lead out of the project, or that the reconciler keeps for itself. */
function elsewhere(model: ComposeModel, before: ComposeService, after: ComposeService): string | undefined {
  return (
    notIn(model.networks, Object.keys(after.networks), 'network', '/networks') ??
    notIn(
      model.volumes,
      (after.volumes ?? []).flatMap(({ type, source }) => (type === 'volume' ? [source] : [])),
      'volume',
      '/volumes',
    ) ??
    notIn(
      model.configs,
      (after.configs ?? []).map(({ source }) => source),
      'config',
      '/configs',
    ) ??
    notIn(
      model.secrets,
      (after.secrets ?? []).map(({ source }) => source),
      'secret',
      '/secrets',
    ) ??
    newDependency(before, after) ??
    newSecretVariable(before, after) ??
    reservedLabel(before.labels, after.labels)
  );
}

function notIn(known: object, names: readonly string[], what: string, path: string): string | undefined {
  const name = names.find((each) => !Object.hasOwn(known, each));
  return name === undefined ? undefined : `${path}: the project has no ${what} '${name}'`;
}

function newDependency(before: ComposeService, after: ComposeService): string | undefined {
  const name = Object.keys(after.depends_on ?? {}).find((each) => !Object.hasOwn(before.depends_on ?? {}, each));
  return name === undefined ? undefined : `/depends_on/${name}: cannot be added by a patch: \`needs:\` says it`;
}

function newSecretVariable(before: ComposeService, after: ComposeService): string | undefined {
  const there = before.environment ?? {};
  const name = Object.entries(after.environment ?? {}).find(
    ([key, value]) => typeof value !== 'string' && !isSame(Object.hasOwn(there, key) ? there[key] : undefined, value),
  )?.[0];
  return name === undefined
    ? undefined
    : `/environment/${name}: is no text; \`environment:\` of the service refers to secrets`;
}

/** Compose and the reconciler find their own objects by these labels. */
const reserved = /^(?:autogit\.dev|com\.docker\.compose)[./]/;

function reservedLabel(before: ComposeService['labels'], after: ComposeService['labels']): string | undefined {
  const keys = [...Object.keys(before), ...Object.keys(after)].filter((key) => reserved.test(key));
  const key = keys.find((each) => !isSame(own(before, each), own(after, each)));
  return key === undefined ? undefined : `/labels/${key}: is kept for AutoGit and Compose themselves`;
}

function own(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

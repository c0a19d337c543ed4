import type { Finding } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import { changed } from '../model/change.ts';
import { type Judge, misfit } from '../model/conform.ts';
import { nearestName } from '../model/nearest.ts';
import { withoutEffect } from '../model/patch-effect.ts';
import type { Patch, Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { patchFaults } from './faults/patch-faults.ts';
import { type Carried, contradiction, refusedPods } from './refused-pods.ts';
import type { ManifestJson } from './synth.ts';

/** Kinds of a Compose project, which this target leaves alone. */
const composeKinds: readonly string[] = ['service', 'network', 'volume'];

export interface PatchedObjects {
  readonly objects: readonly ManifestJson[];
  readonly findings: readonly Finding[];
}

/**
 * The objects with every patch for them, in the order of the file, each judged by the strict schema of its kind, by what no
 * schema sees, and pods by the level that their namespace enforces.
 */
export function patchObjects(objects: readonly ManifestJson[], platform: Platform, judge: Judge): PatchedObjects {
  const result = [...objects];
  const findings: Finding[] = [];
  const carried: Carried[] = [];
  for (const patch of (platform.patches ?? []).filter(({ kind }) => !composeKinds.includes(kind))) {
    const at = result.findIndex(({ kind, metadata }) => kind === patch.kind && metadata.name === patch.name);
    const object = result[at];
    if (object === undefined) {
      findings.push(missing(patch, objects));
      continue;
    }
    const made = patched(object, patch, judge);
    if (made.ok) {
      result[at] = made.object;
      carried.push({ patch, before: object, after: made.object });
      findings.push(...withoutEffect(patch, object, made.object));
    } else findings.push(made.finding);
  }
  return {
    objects: result,
    findings: [...findings, ...refusedPods(result, carried, platform), ...patchFaults(objects, carried, platform)],
  };
}

type Patched = { readonly ok: true; readonly object: ManifestJson } | { readonly ok: false; readonly finding: Finding };

function patched(object: ManifestJson, patch: Patch, judge: Judge): Patched {
  const made = changed(object as unknown as Value, patch.change);
  if (!made.ok) {
    const finding = {
      code: 'AG511',
      pointer: `${patch.origin}${made.within}`,
      message: `the patch of ${patch.kind} '${patch.name}' cannot be applied: ${made.message}`,
      hint: 'look at the rendered object; an upgrade may have moved what the patch changes',
    };
    return { ok: false, finding };
  }
  const json = made.value as unknown as ManifestJson;
  const wrong = renamed(object, json) ?? misfitOf(judge, json) ?? contradiction(json);
  return wrong === undefined ? { ok: true, object: json } : { ok: false, finding: unfit(patch, wrong) };
}

/** Another identity would be another object, and the one that was meant would be gone. */
function renamed(before: ManifestJson, after: ManifestJson): string | undefined {
  const kept =
    after.apiVersion === before.apiVersion &&
    after.kind === before.kind &&
    after.metadata?.name === before.metadata.name &&
    after.metadata.namespace === before.metadata.namespace;
  return kept ? undefined : 'apiVersion, kind, name and namespace cannot change';
}

function misfitOf(judge: Judge, json: ManifestJson): string | undefined {
  const schema = judge.root.properties?.[json.kind];
  return schema === undefined ? undefined : misfit(judge, schema, json);
}

function unfit({ origin, kind, name, change }: Patch, wrong: string): Finding {
  return {
    code: 'AG512',
    pointer: pointerTo(origin, change.kind),
    message: `the patch makes ${kind} '${name}' something that Kubernetes does not know: ${wrong}`,
    hint: 'correct the patch; `kubectl explain` lists the fields of the kind',
  };
}

function missing({ origin, kind, name }: Patch, objects: readonly ManifestJson[]): Finding {
  const ofKind = objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
  const kinds = [...new Set(objects.map((object) => object.kind)), ...composeKinds];
  const nearest = ofKind.length === 0 ? nearestName(kind, kinds) : nearestName(name, ofKind);
  const listed = ofKind.length === 0 ? `kinds here: ${kinds.join(', ')}` : `there are ${ofKind.join(', ')}`;
  return {
    code: 'AG510',
    pointer: pointerTo(origin, 'target', ofKind.length === 0 ? 'kind' : 'name'),
    message: ofKind.length === 0 ? `nothing of kind ${kind} is rendered` : `no ${kind} called '${name}' is rendered`,
    hint: nearest === undefined ? listed : `did you mean '${nearest}'?`,
  };
}

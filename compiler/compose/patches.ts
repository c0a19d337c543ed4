import type { Finding } from '../../schema/diagnostic.ts';
import type { Value } from '../../schema/document.ts';
import { changed } from '../model/change.ts';
import type { ComposeModel, ComposeProject } from '../model/compose-project.ts';
import { nearestName } from '../model/nearest.ts';
import { withoutEffect } from '../model/patch-effect.ts';
import { broughtFaults, type Step } from '../model/patch-fault.ts';
import type { Patch, Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { notCarriedOut } from './carried-out.ts';
import { schemaMisfit } from './check-schema.ts';
import { partAround, projectFaults, titleOf } from './project-faults.ts';
import { composeFile } from './text.ts';

/** Kind in the file → where objects of that kind stand in a project. */
const places = { service: 'services', network: 'networks', volume: 'volumes' } as const;
type Kind = keyof typeof places;

export interface PatchedProjects {
  readonly projects: readonly ComposeProject[];
  readonly findings: readonly Finding[];
}

/**
 * The projects with every patch for them, in the order of the file, each judged by the schema of Compose and by what no
 * schema sees.
 */
export function patchProjects(
  projects: readonly ComposeProject[],
  { patches = [], links }: Pick<Platform, 'patches' | 'links'>,
): PatchedProjects {
  const result = [...projects];
  const findings: Finding[] = [];
  const steps: Step[] = [];
  for (const patch of patches) {
    if (!isKind(patch.kind)) continue;
    const kind = patch.kind;
    const fitting = result.filter((project) => hasTarget(project, kind, patch));
    const [project] = fitting;
    if (project === undefined || fitting.length > 1) {
      findings.push(project === undefined ? missing(patch, kind, projects) : ambiguous(patch, fitting));
      continue;
    }
    const made = patched(project, kind, patch);
    if ('code' in made) findings.push(made);
    else {
      result[result.indexOf(project)] = made;
      const place = places[kind];
      findings.push(...withoutEffect(patch, project.model[place][patch.name], made.model[place][patch.name]));
      if (kind === 'service') steps.push(stepOf(patch, [project.model, made.model], links));
    }
  }
  return { projects: result, findings: [...findings, ...broughtFaults(steps)] };
}

function stepOf(patch: Patch, models: readonly [ComposeModel, ComposeModel], links: Platform['links']): Step {
  const part = partAround(models, links, patch.name);
  const [before, after] = models;
  return {
    patch,
    object: titleOf(patch.name),
    before: projectFaults(before, links, part),
    after: projectFaults(after, links, part),
  };
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(places, kind);
}

function hasTarget({ host, model }: ComposeProject, kind: Kind, patch: Patch): boolean {
  return (patch.host === undefined || patch.host === host) && Object.hasOwn(model[places[kind]], patch.name);
}

function patched(project: ComposeProject, kind: Kind, patch: Patch): ComposeProject | Finding {
  const { model } = project;
  const before = model[places[kind]][patch.name];
  const made = changed(before as unknown as Value, patch.change);
  if (!made.ok) {
    return {
      code: 'AG511',
      pointer: `${patch.origin}${made.within}`,
      message: `the patch of ${kind} '${patch.name}' cannot be applied: ${made.message}`,
      hint: 'look at the rendered compose.yaml; an upgrade may have moved what the patch changes',
    };
  }
  const after: ComposeModel = { ...model, [places[kind]]: { ...model[places[kind]], [patch.name]: made.value } };
  // Its own form first: text can only be made of what has it.
  const wrong =
    notCarriedOut(model, kind, before, made.value) ?? schemaMisfit(composeFile({ model: after, origins: {} }));
  return wrong === undefined ? { ...project, model: after } : unfit(patch, wrong);
}

function unfit({ origin, kind, name, change }: Patch, wrong: string): Finding {
  return {
    code: 'AG512',
    pointer: pointerTo(origin, change.kind),
    message: `the patch makes ${kind} '${name}' something that is not carried out: ${wrong}`,
    hint: 'correct the patch; the rendered compose.yaml has each key in the form that it needs',
  };
}

function missing(patch: Patch, kind: Kind, projects: readonly ComposeProject[]): Finding {
  const { origin, name, host } = patch;
  const names = projects.flatMap(({ model }) => Object.keys(model[places[kind]]));
  const nearest = nearestName(name, names);
  return {
    code: 'AG510',
    pointer: pointerTo(origin, 'target', 'name'),
    message: `no ${kind} called '${name}' is rendered${host === undefined ? '' : ` for host '${host}'`}`,
    hint: nearest === undefined ? `there are ${names.join(', ')}` : `did you mean '${nearest}'?`,
  };
}

function ambiguous({ origin, kind, name }: Patch, projects: readonly ComposeProject[]): Finding {
  return {
    code: 'AG510',
    pointer: pointerTo(origin, 'target'),
    message: `${kind} '${name}' is rendered for several hosts: ${projects.map(({ host }) => host).join(', ')}`,
    hint: 'add `host:` to the target',
  };
}

import type { Platform, Secret } from '../model/platform.ts';
import { isSame, pairs } from './pairs.ts';
import { type Change, change } from './report.ts';

/** Secrets by their ids and sources; a value is never known here. */
export function secretChanges(before: Platform, after: Platform): readonly Change[] {
  return pairs(before.secrets, after.secrets, ({ id }) => id).flatMap(({ before: old, after: now }) => {
    if (now === undefined) return old === undefined ? [] : [removed(old)];
    const needed = neededFor(now, after);
    const base = { kind: 'secret', id: now.id, pointer: now.origin, ...needed } as const;
    const risks = needed.steps === undefined ? [] : (['by-hand'] as const);
    if (old === undefined) return [change({ ...base, what: 'added', details: [sourceOf(now)], risks })];
    if (isSame(old.source, now.source)) return [];
    const details = [`${sourceOf(old)} → ${sourceOf(now)}`];
    const effects = [...(needed.effects ?? []), 'who uses it is replaced when its value is another one'];
    return [change({ ...base, what: 'changed', details, effects, risks })];
  });
}

function removed({ id, origin, source }: Secret): Change {
  const effects = [
    source.kind === 'generate' ? 'nothing uses it any more; its value is kept' : 'nothing uses it any more',
  ];
  return change({ kind: 'secret', id, what: 'removed', pointer: origin, effects });
}

function sourceOf({ source }: Secret): string {
  switch (source.kind) {
    case 'env':
      return `variable ${source.variable}`;
    case 'file':
      return `file ${source.path}`;
    case 'generate':
      return 'generated';
    case 'sops':
      return `encrypted in ${source.path}`;
    case 'kubernetes':
      return `Secret ${source.name}`;
  }
}

/** What has to be there before the platform can use it. */
function neededFor(
  { id, source }: Secret,
  { target, name, cluster }: Platform,
): { readonly effects?: readonly string[]; readonly steps?: readonly string[] } {
  if (source.kind === 'kubernetes')
    return { steps: [`Secret ${source.name} with key ${source.key} has to be in namespace ${cluster.namespace}`] };
  if (target === 'kubernetes')
    return { steps: [`Secret ${name}-${id} with key value has to be in namespace ${cluster.namespace}`] };
  switch (source.kind) {
    case 'env':
      return { steps: [`set variable ${source.variable} for the reconciler`] };
    case 'file':
      return { steps: [`put file ${source.path} on the machine of the reconciler`] };
    case 'generate':
      return { effects: ['made by the reconciler when it is first needed'] };
    case 'sops':
      return { effects: [`read from ${source.path} of the repository`] };
  }
}

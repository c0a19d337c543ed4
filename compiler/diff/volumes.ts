import type { Platform, Volume } from '../model/platform.ts';
import { sizeText } from '../model/quantities.ts';
import { isSame, pairs } from './pairs.ts';
import { type Change, change } from './report.ts';

/** Volumes that come, go or change, and what becomes of the data in them: it is never removed. */
export function volumeChanges(before: Platform, after: Platform): readonly Change[] {
  const all = pairs(before.volumes, after.volumes, ({ id }) => id);
  return all.flatMap(({ before: old, after: now }) => {
    if (old === undefined) return now === undefined ? [] : [added(now, before, after)];
    return now === undefined ? [removed(old, before)] : changed(old, now, before, after);
  });
}

function added(volume: Volume, before: Platform, after: Platform): Change {
  const base = { kind: 'volume', id: volume.id, what: 'added', pointer: volume.origin } as const;
  if (volume.hostPath !== undefined)
    return change({ ...base, details: [`folder ${volume.hostPath} of the host`], risks: ['less-secure'] });
  if (volume.external !== undefined)
    return change({ ...base, details: [`existing volume ${volume.external}`], effects: ['used with the data it has'] });
  const lost = before.volumes.find((old) => isForsaken(old, after) && old.id.endsWith(lastWord(volume.id)));
  const effects = ['made new and empty'];
  if (lost === undefined) return change({ ...base, details: [sizeText(volume.sizeBytes)], effects });
  return change({
    ...base,
    details: [sizeText(volume.sizeBytes)],
    effects: [...effects, `the data of ${lost.id} is not taken along`],
    steps: [`if ${volume.workload} is ${lost.workload} under another name, copy volume ${lost.id} before it starts`],
    risks: ['data'],
  });
}

/** `wiki-data` → `-data`: the key of the volume in its workload, so that a renamed workload is noticed. */
function lastWord(id: string): string {
  return id.slice(id.lastIndexOf('-'));
}

function isForsaken(volume: Volume, after: Platform): boolean {
  return volume.hostPath === undefined && after.volumes.every(({ id }) => id !== volume.id);
}

function removed(volume: Volume, before: Platform): Change {
  const base = { kind: 'volume', id: volume.id, what: 'removed', pointer: volume.origin } as const;
  const { hostPath, external } = volume;
  if (hostPath !== undefined || external !== undefined)
    return change({ ...base, effects: [`${hostPath ?? external} stays as it is`] });
  const where =
    before.target === 'kubernetes'
      ? 'its claim and the data stay in the cluster'
      : `it stays on its host, with its data`;
  return change({
    ...base,
    effects: [`nothing uses it any more; ${where} until a person removes it`],
    risks: ['data'],
  });
}

function changed(old: Volume, now: Volume, before: Platform, after: Platform): readonly Change[] {
  const [from, to] = [hostOf(old, before), hostOf(now, after)];
  const moved = after.target === 'compose' && before.target === 'compose' && from !== to;
  const details = [
    ...(old.sizeBytes === now.sizeBytes ? [] : [`size ${sizeText(old.sizeBytes)} → ${sizeText(now.sizeBytes)}`]),
    ...(old.backup === now.backup ? [] : [now.backup === false ? 'left out of backups' : 'part of backups']),
    ...(isSame(placeOf(old), placeOf(now)) ? [] : [`${placeOf(old)} → ${placeOf(now)}`]),
    ...(moved ? [`host ${from} → ${to}`] : []),
  ];
  if (details.length === 0) return [];
  const elsewhere = moved || placeOf(old) !== placeOf(now);
  const sizeOnly = old.sizeBytes !== now.sizeBytes && after.target === 'compose';
  return [
    change({
      kind: 'volume',
      id: now.id,
      what: 'changed',
      pointer: now.origin,
      details,
      effects: [
        ...(elsewhere ? [`${now.workload} does not find its data there; the old place keeps it`] : []),
        ...(sizeOnly ? ['a size is not enforced by Docker; nothing is changed'] : []),
      ],
      steps: elsewhere ? [`copy the data before ${now.workload} starts`] : [],
      risks: elsewhere ? ['data'] : [],
    }),
  ];
}

function placeOf({ external, hostPath }: Volume): string {
  if (hostPath !== undefined) return `folder ${hostPath}`;
  return external === undefined ? 'a volume of its own' : `existing volume ${external}`;
}

function hostOf(volume: Volume, { workloads }: Platform): string | undefined {
  return workloads.find(({ id }) => id === volume.workload)?.host;
}

import type { Host, Platform, Pool } from '../model/platform.ts';
import { sizeText } from '../model/quantities.ts';
import { durationText } from './gap.ts';
import { imageText } from './images.ts';
import { isSame, listed, pairs } from './pairs.ts';
import { type Change, change } from './report.ts';

/** Runner pools; a runner with a job always ends it. */
export function poolChanges(before: Platform, after: Platform): readonly Change[] {
  return pairs(before.pools, after.pools, ({ id }) => id).flatMap(({ before: old, after: now }) => {
    const pool = now ?? old;
    if (pool === undefined) return [];
    const base = { kind: 'pool', id: pool.id, pointer: pool.origin } as const;
    const ends = 'running jobs end first';
    if (old === undefined) return [change({ ...base, what: 'added', details: [sizeOf(pool), labelsOf(pool)] })];
    const gone = old.labels.filter((label) => after.pools.every(({ labels }) => !labels.includes(label)));
    const waits = gone.length === 0 ? [] : [`no pool takes jobs for ${listed(gone)} any more; they wait`];
    if (now === undefined)
      return [change({ ...base, what: 'removed', effects: [ends, ...waits], risks: risky(waits) })];
    const details = detailsOf(old, now);
    if (details.length === 0) return [];
    const remade = !isSame({ ...old, size: now.size, origin: now.origin }, now);
    const effects = [...(remade ? [`idle runners are made anew, ${ends}`] : []), ...waits];
    return [change({ ...base, what: 'changed', details, effects, risks: risky(waits) })];
  });
}

function risky(waits: readonly string[]): readonly 'downtime'[] {
  return waits.length === 0 ? [] : ['downtime'];
}

function sizeOf({ size }: Pool): string {
  return `${size.min} to ${maxOf(size)} runners`;
}

function maxOf({ max }: Pool['size']): string {
  return max === undefined ? 'as many as fit' : String(max);
}

function labelsOf({ labels }: Pool): string {
  return `labels ${listed(labels)}`;
}

function detailsOf(old: Pool, now: Pool): readonly string[] {
  const words: readonly (readonly [string, (pool: Pool) => string])[] = [
    ['labels', ({ labels }) => labels.join(', ')],
    ['architectures', ({ arch }) => arch.join(', ')],
    ['hosts', ({ hosts }) => hosts.join(', ')],
    ['min', ({ size }) => String(size.min)],
    ['max', ({ size }) => maxOf(size)],
    ['idle', ({ size }) => String(size.idle)],
    ['idle time', ({ size }) => durationText(size.idleMs)],
    ['CPUs', ({ limits }) => String(limits.cpus)],
    ['memory', ({ limits }) => sizeText(limits.memoryBytes)],
  ];
  const image = old.image === now.image ? [] : [imageText(old.image, now.image)];
  return [...image, ...words.flatMap(([name, of]) => (of(old) === of(now) ? [] : [`${name} ${of(old)} → ${of(now)}`]))];
}

/** Hosts and what is said of them. */
export function hostChanges(before: Platform, after: Platform): readonly Change[] {
  return pairs(before.hosts, after.hosts, ({ id }) => id).flatMap(({ before: old, after: now }) => {
    const host = now ?? old;
    if (host === undefined) return [];
    const base = { kind: 'host', id: host.id, pointer: host.origin } as const;
    if (old === undefined) return [change({ ...base, what: 'added', details: [engineOf(host)] })];
    if (now === undefined) {
      const effects = ['what runs there is no longer looked after; its volumes stay'];
      return [change({ ...base, what: 'removed', effects, risks: ['data'] })];
    }
    const details = [
      ...(engineOf(old) === engineOf(now) ? [] : [`${engineOf(old)} → ${engineOf(now)}`]),
      ...(isSame(sizesOf(old), sizesOf(now)) ? [] : ['what it has changed']),
    ];
    if (details.length === 0) return [];
    const moved = engineOf(old) !== engineOf(now);
    const effects = moved ? ['everything of it is made on the other engine, with empty volumes'] : [];
    return [change({ ...base, what: 'changed', details, effects, risks: moved ? ['data', 'downtime'] : [] })];
  });
}

function engineOf({ engine }: Host): string {
  return engine.kind === 'docker' ? `engine ${engine.url}` : 'local processes';
}

function sizesOf({ arch, cpus, memoryBytes, gpus }: Host): unknown {
  return { arch, cpus, memoryBytes, gpus };
}

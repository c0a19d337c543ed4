import type { Platform } from '../model/platform.ts';
import { clusterGpuChanges } from './cluster-gpus.ts';
import { durationText } from './gap.ts';
import { isSame } from './pairs.ts';
import { type Change, change } from './report.ts';

type Setting = readonly [name: string, pointer: string, of: (platform: Platform) => string];

const settings: readonly Setting[] = [
  ['domain', '/domain', ({ domain }) => domain],
  ['followed repository', '/gitops/repository', ({ gitops }) => gitops.repository ?? 'the origin of the clone'],
  ['followed branch', '/gitops/branch', ({ gitops }) => gitops.branch],
  ['looked at every', '/gitops/interval', ({ gitops }) => durationText(gitops.intervalMs)],
  ['most removals at once', '/gitops/prune/max', ({ gitops }) => String(gitops.prune.max)],
  ['rollback', '/gitops/rollback', ({ gitops }) => gitops.rollback],
  ['cluster context', '/cluster/context', ({ cluster }) => cluster.context ?? 'the current one'],
  ['storage class', '/cluster/storageClass', ({ cluster }) => cluster.storageClass ?? 'the default one'],
  ['oldest Kubernetes', '/cluster/version', ({ cluster }) => cluster.version],
  ['routes are', '/cluster/routes', ({ cluster }) => cluster.routes],
  ['external-dns leads hosts to', '/cluster/externalDns', ({ cluster }) => cluster.externalDns ?? 'what it finds'],
];

/** What concerns the whole platform: its name, its target, what it follows, what is accepted. */
export function platformChanges(before: Platform, after: Platform): readonly Change[] {
  return [
    ...identity(before, after),
    ...settings.flatMap(([name, pointer, of]) => {
      const [a, b] = [of(before), of(after)];
      if (a === b) return [];
      return [change({ kind: 'platform', id: after.name, what: 'changed', pointer, details: [`${name} ${a} → ${b}`] })];
    }),
    ...podSecurity(before, after),
    ...clusterGpuChanges(before, after),
    ...accepted(before, after),
    ...patched(before, after),
  ];
}

/** Names that every object bears: with another one, everything is another object. */
function identity(before: Platform, after: Platform): readonly Change[] {
  const base = { kind: 'platform', id: after.name, what: 'changed' } as const;
  if (before.target !== after.target) {
    return [
      change({
        ...base,
        pointer: '/target',
        details: [`target ${before.target} → ${after.target}`],
        effects: ['everything is rendered anew for it; no data is moved'],
        steps: ['move the data of every volume before the new target is used'],
        risks: ['data', 'by-hand', 'downtime'],
      }),
    ];
  }
  const [old, now] = [before.cluster.namespace, after.cluster.namespace];
  if (before.name === after.name && (after.target === 'compose' || old === now)) return [];
  const renamed = before.name !== after.name;
  return [
    change({
      ...base,
      pointer: renamed ? '/name' : '/cluster/namespace',
      details: [renamed ? `name ${before.name} → ${after.name}` : `namespace ${old} → ${now}`],
      effects: ['every object is another one: what runs is made anew, with empty volumes; the old volumes stay'],
      steps: ['copy the data of every volume before the new ones are used, or keep the name'],
      risks: ['data', 'by-hand', 'downtime'],
    }),
  ];
}

const levels: readonly string[] = ['restricted', 'baseline', 'privileged'];

function podSecurity(before: Platform, after: Platform): readonly Change[] {
  const [a, b] = [before.cluster.podSecurity, after.cluster.podSecurity];
  if (a === b) return [];
  const laxer = b !== undefined && levels.indexOf(b) > levels.indexOf(a ?? 'restricted');
  return [
    change({
      kind: 'platform',
      id: after.name,
      what: 'changed',
      pointer: '/cluster/podSecurity',
      details: [`Pod Security level ${a ?? 'the strictest that fits'} → ${b ?? 'the strictest that fits'}`],
      risks: laxer ? ['less-secure'] : [],
    }),
  ];
}

function accepted(before: Platform, after: Platform): readonly Change[] {
  const codes = [...new Set([...Object.keys(before.accept), ...Object.keys(after.accept)])].sort();
  return codes.flatMap((code) => {
    const [old, now] = [before.accept[code], after.accept[code]];
    if ((old === undefined) === (now === undefined)) return [];
    const base = { kind: 'platform', id: after.name, pointer: `/accept/${code}` } as const;
    return now === undefined
      ? [change({ ...base, what: 'removed', details: [`${code} is no longer accepted`] })]
      : [change({ ...base, what: 'added', details: [`${code} is accepted: ${now}`], risks: ['less-secure'] })];
  });
}

function patched(before: Platform, after: Platform): readonly Change[] {
  const [old, now] = [before.patches ?? [], after.patches ?? []];
  const has = (list: typeof old, one: (typeof old)[number]) =>
    list.some((each) => isSame({ ...each, origin: '' }, { ...one, origin: '' }));
  const one = (what: 'added' | 'removed') => (patch: (typeof old)[number]) =>
    change({
      kind: 'platform',
      id: after.name,
      what,
      pointer: patch.origin,
      details: [`patch of ${patch.kind} ${patch.name} ${what}: ${patch.why}`],
    });
  return [
    ...now.filter((patch) => !has(old, patch)).map(one('added')),
    ...old.filter((patch) => !has(now, patch)).map(one('removed')),
  ];
}

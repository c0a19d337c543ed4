import type { Finding } from '../../schema/diagnostic.ts';
import type { Platform, Pool } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { repeated } from './repeated.ts';

/** Pools that can never have the size that they ask for, or that want the same jobs. */
export function checkPools(platform: Platform): readonly Finding[] {
  return [...platform.pools.flatMap(sizes), ...sameJobs(platform)];
}

function sizes({ id, origin, size }: Pool): readonly Finding[] {
  const { min, max, idle } = size;
  if (max === undefined) return [];
  const over = (key: 'min' | 'idle', value: number): readonly Finding[] => {
    if (value <= max) return [];
    return [
      {
        code: 'AG408',
        pointer: pointerTo(origin, 'size', key),
        message: `pool '${id}' is to have ${value} runners ${key === 'min' ? 'at least' : 'free'}, but ${max} at most`,
        hint: `lower ${key} to ${max}, or raise max to ${value}`,
        related: [{ pointer: pointerTo(origin, 'size', 'max'), message: 'max is here' }],
      },
    ];
  };
  return [...over('min', min), ...over('idle', idle)];
}

function sameJobs({ pools }: Platform): readonly Finding[] {
  const jobs = (pool: Pool) => JSON.stringify([[...pool.labels].sort(), [...pool.arch].sort()]);
  return repeated(pools, jobs).map(({ node, first }) => ({
    code: 'AG409',
    severity: 'warning',
    pointer: pointerTo(node.origin, 'labels'),
    message: `pools '${first.id}' and '${node.id}' have the same labels, so both grow for the same jobs`,
    hint: 'give one of them another label, or make them one pool with both hosts',
    related: [{ pointer: pointerTo(first.origin, 'labels'), message: `the labels of '${first.id}'` }],
  }));
}

import type { Finding } from '../../schema/diagnostic.ts';
import type { Document, Value } from '../../schema/document.ts';
import type { Shape } from '../../schema/shape.ts';
import { flowText } from '../model/flow-text.ts';
import { pointerTo } from '../model/pointer.ts';
import { settle, topShape } from './shape-at.ts';

/**
 * Roles in their short form whose component cannot do without further keys: `sso: authelia` says nothing of users. The
 * schema sees the name alone, which is right.
 */
export function shortFormFindings({ tree }: Document): readonly Finding[] {
  const { properties = {} } = topShape();
  return Object.entries(tree).flatMap(([role, value]): readonly Finding[] => {
    const shape = properties[role];
    if (typeof value !== 'string' || shape === undefined || settle(shape, value).long !== 'use') return [];
    const long = settle(shape, { use: value });
    const missing = (long.required ?? []).filter((key) => key !== 'use');
    if (missing.length === 0) return [];
    const keys = missing.map((key) => `\`${key}\``).join(' and ');
    return [
      {
        code: 'AG202',
        pointer: pointerTo('', role),
        message: `\`${role}: ${value}\` says nothing of ${keys}, which ${value} needs`,
        hint: `write ${flowText({ use: value, ...examplesOf(long, missing) })}`,
      },
    ];
  });
}

function examplesOf({ properties = {} }: Shape, keys: readonly string[]): Record<string, Value> {
  return Object.fromEntries(keys.map((key) => [key, properties[key]?.example ?? {}]));
}

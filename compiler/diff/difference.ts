import type { Catalog } from '../model/component.ts';
import { compareText } from '../model/order.ts';
import { exposureChanges } from './exposure.ts';
import { linkChanges } from './links.ts';
import { platformChanges } from './platform.ts';
import { hostChanges, poolChanges } from './pools.ts';
import { fileChanges, renderedWorkloads } from './rendered.ts';
import { type Change, type Difference, risks, type Side } from './report.ts';
import { secretChanges } from './secrets.ts';
import { serviceChange } from './services.ts';
import { volumeChanges } from './volumes.ts';

export interface DifferenceInput {
  readonly before: Side;
  /** The side that is to be applied; its platform is known. */
  readonly after: Side;
  readonly catalog: Catalog;
}

/**
 * What is different between two states of a platform: file by file, and what it means when it is applied. Where one side
 * has rendered files only, nothing is said of what no file shows: routes, secrets, pools. Pure.
 */
export function differenceOf({ before, after, catalog }: DifferenceInput): Difference {
  const files = fileChanges(before, after);
  const [old, now] = [before.platform, after.platform];
  const ofPlatform =
    old === undefined || now === undefined
      ? []
      : [
          ...platformChanges(old, now),
          ...hostChanges(old, now),
          ...volumeChanges(old, now),
          ...exposureChanges(old, now),
          ...linkChanges(old, now),
          ...secretChanges(old, now),
          ...poolChanges(old, now),
        ];
  return { files, changes: [...serviceChanges({ before, after, catalog }, files), ...ofPlatform].sort(byRisk) };
}

function serviceChanges({ before, after, catalog }: DifferenceInput, files: Difference['files']): readonly Change[] {
  const rendered = renderedWorkloads(files);
  const known = [before, after].flatMap(({ platform }) => platform?.workloads.map(({ id }) => id) ?? []);
  const ids = [...new Set([...known, ...rendered.keys()])].sort(compareText);
  const isAnother = hasOtherNames(before, after);
  return ids.flatMap(
    (id) => serviceChange({ id, before, after, rendered: rendered.get(id), catalog, isAnother }) ?? [],
  );
}

/** Every object has another identity, which `platformChanges` tells once. */
function hasOtherNames({ platform: old }: Side, { platform: now }: Side): boolean {
  if (old === undefined || now === undefined) return false;
  if (old.target !== now.target || old.name !== now.name) return true;
  return now.target === 'kubernetes' && old.cluster.namespace !== now.cluster.namespace;
}

const kinds: readonly Change['kind'][] = [
  'platform',
  'service',
  'volume',
  'port',
  'route',
  'link',
  'secret',
  'pool',
  'host',
];

function byRisk(a: Change, b: Change): number {
  return (
    worst(a) - worst(b) ||
    kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
    compareText(a.id, b.id) ||
    compareText(a.pointer, b.pointer)
  );
}

function worst({ risks: [first] }: Change): number {
  return first === undefined ? risks.length : risks.indexOf(first);
}

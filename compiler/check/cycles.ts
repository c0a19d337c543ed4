import type { Finding } from '../../schema/diagnostic.ts';
import type { Need, Platform } from '../model/platform.ts';

/** Workloads that wait for each other, each circle once, with every place that closes it. */
export function checkCycles({ workloads }: Platform): readonly Finding[] {
  const needs = new Map(workloads.map((workload) => [workload.id, workload.needs]));
  // With two workloads of one name, which `checkIds` reports, nobody knows who waits for whom.
  if (needs.size < workloads.length) return [];
  const done = new Set<string>();
  const findings: Finding[] = [];
  for (const { id } of workloads) walk(id, []);
  return findings;

  /** `path`: the needs that led here. Depth is that of the longest chain, which is at most the number of workloads. */
  function walk(id: string, path: readonly { readonly from: string; readonly need: Need }[]): void {
    const start = path.findIndex(({ from }) => from === id);
    if (start >= 0) {
      findings.push(circle(path.slice(start)));
      return;
    }
    if (done.has(id)) return;
    for (const need of needs.get(id) ?? []) walk(need.workload, [...path, { from: id, need }]);
    done.add(id);
  }
}

function circle(steps: readonly { readonly from: string; readonly need: Need }[]): Finding {
  const [first, ...others] = steps as [(typeof steps)[number], ...(typeof steps)[number][]];
  const names = [...steps.map(({ from }) => `'${from}'`), `'${first.from}'`];
  return {
    code: 'AG402',
    pointer: first.need.origin,
    message:
      steps.length === 1 ? `${names[0]} waits for itself` : `none of them would ever start: ${names.join(' needs ')}`,
    hint: 'remove one of these needs',
    related: others.map(({ from, need }) => ({
      pointer: need.origin,
      message: `'${from}' needs '${need.workload}' here`,
    })),
  };
}

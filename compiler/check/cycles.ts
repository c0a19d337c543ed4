import type { Finding } from '../../schema/diagnostic.ts';
import type { Need, Platform } from '../model/platform.ts';

/** One step of a path: `from` needs another workload, and `next` of its needs were followed already. */
interface Step {
  readonly from: string;
  next: number;
}

/**
 * Workloads that wait for each other, each circle once, with every place that closes it. Depth first, each need followed
 * once, without recursion: a chain may be as long as the file.
 */
export function checkCycles({ workloads }: Platform): readonly Finding[] {
  const needs = new Map(workloads.map((workload) => [workload.id, workload.needs]));
  // With two workloads of one name, which `checkIds` reports, nobody knows who waits for whom.
  if (needs.size < workloads.length) return [];
  const done = new Set<string>();
  const findings: Finding[] = [];
  for (const { id } of workloads) {
    const path: Step[] = done.has(id) ? [] : [{ from: id, next: 0 }];
    const places = new Map([[id, 0]]);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const need = needs.get(step.from)?.[step.next++];
      if (need === undefined) {
        path.pop();
        places.delete(step.from);
        done.add(step.from);
        continue;
      }
      const start = places.get(need.workload);
      if (start !== undefined) findings.push(circle(path.slice(start).map((each) => taken(each, needs))));
      else if (!done.has(need.workload)) {
        places.set(need.workload, path.length);
        path.push({ from: need.workload, next: 0 });
      }
    }
  }
  return findings;
}

/** The need that a step of the path follows now. */
function taken({ from, next }: Step, needs: ReadonlyMap<string, readonly Need[]>) {
  return { from, need: needs.get(from)?.[next - 1] as Need };
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

import type { Link, Platform, Workload } from '../model/platform.ts';
import { listed, pairs } from './pairs.ts';
import { type Change, change, type Side } from './report.ts';

/** Ways through the network that are opened or closed between workloads. */
export function linkChanges(before: Platform, after: Platform): readonly Change[] {
  const by = after.target === 'kubernetes' ? 'a NetworkPolicy' : 'a network of the two';
  return pairs(linksOf(before), linksOf(after), keyOf).flatMap(({ key, before: old, after: now }) => {
    if (old !== undefined && now !== undefined) return [];
    const pointer = (now ?? old)?.origin ?? '';
    const base = { kind: 'link', id: key, pointer } as const;
    return now === undefined
      ? [change({ ...base, what: 'removed', effects: ['closed'] })]
      : [change({ ...base, what: 'added', effects: [`opened by ${by}`], risks: ['opened'] })];
  });
}

function linksOf({ links }: Platform): readonly Link[] {
  return links.filter(({ from, to }) => from !== to);
}

function keyOf({ from, to, port, protocol }: Link): string {
  return `${from} → ${to}:${port}/${protocol}`;
}

/** A way out that is opened as a whole, and no link says. */
export const toInternet = 'may open connections to the Internet';

type Freedom = readonly [text: string, has: (workload: Workload) => boolean];

const freedoms: readonly Freedom[] = [
  [toInternet, ({ internet }) => internet],
  ['uses the network of the host', ({ hostNetwork }) => hostNetwork === true],
  ['may write to its own file system', ({ readOnlyRoot }) => !readOnlyRoot],
  ['runs as root', ({ user }) => user?.uid === 0],
  ['reads the Kubernetes API', ({ kubernetesRules }) => kubernetesRules !== undefined],
];

/** What a workload may do that it could not do before, and the other way; only what the file says, never a guess. */
export function freedomsOf(
  id: string,
  before: Side,
  after: Side,
): { readonly gained: readonly string[]; readonly lost: readonly string[] } {
  const [old, now] = [find(before, id), find(after, id)];
  const held = (workload: Workload | undefined, side: Side) =>
    workload === undefined
      ? []
      : [
          ...freedoms.filter(([, has]) => has(workload)).map(([text]) => text),
          ...(workload.capabilities.length === 0 ? [] : workload.capabilities.map((each) => `has capability ${each}`)),
          ...(workload.devices ?? []).map((device) => `uses device ${device}`),
          ...foldersOf(side.platform, id),
          ...(side.exceptions?.[id] ?? []).map((each) => `${each}, which the Pod Security level restricted forbids`),
        ];
  const [had, has] = [held(old, before), held(now, after)];
  return {
    gained: has.filter((each) => !had.includes(each)),
    lost: had.filter((each) => !has.includes(each)),
  };
}

function find({ platform }: Side, id: string): Workload | undefined {
  return platform?.workloads.find((each) => each.id === id);
}

function foldersOf(platform: Platform | undefined, id: string): readonly string[] {
  const folders = (platform?.volumes ?? []).flatMap(({ workload, hostPath }) =>
    workload === id && hostPath !== undefined ? [hostPath] : [],
  );
  return folders.length === 0 ? [] : [`mounts ${listed(folders)} of the host`];
}

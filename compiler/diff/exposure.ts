import type { Platform, Route } from '../model/platform.ts';
import { isSame, listed, pairs } from './pairs.ts';
import { type Change, change } from './report.ts';

/** A port that can be reached from outside the platform. */
interface Door {
  readonly workload: string;
  readonly host: string;
  readonly published: number;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly address?: string;
  readonly pointer: string;
}

/** What becomes reachable from outside, and what no longer is: ports and routes. */
export function exposureChanges(before: Platform, after: Platform): readonly Change[] {
  const ports = pairs(doorsOf(before), doorsOf(after), (door) => `${door.host} ${door.published}/${door.protocol}`);
  const routes = pairs(before.routes, after.routes, (route) => route.hostname + route.path);
  return [
    ...ports.flatMap(({ before: old, after: now }) => portChange(old, now, after.target)),
    ...routes.flatMap(({ before: old, after: now }) => routeChange(old, now)),
  ];
}

function doorsOf({ workloads, target }: Platform): readonly Door[] {
  return workloads.flatMap(({ id, host, ports, hostNetwork }) =>
    ports.flatMap(({ port, protocol, publish, origin }) => {
      const published = publish?.port ?? (hostNetwork === true ? port : undefined);
      if (published === undefined) return [];
      const at = target === 'compose' ? `host ${host}` : id;
      const door = { workload: id, host: at, published, protocol, port, pointer: origin };
      return [publish?.address === undefined ? door : { ...door, address: publish.address }];
    }),
  );
}

function portChange(old: Door | undefined, now: Door | undefined, target: Platform['target']): readonly Change[] {
  if (isSame(withoutPlace(old), withoutPlace(now))) return [];
  const door = now ?? old;
  if (door === undefined) return [];
  const base = {
    kind: 'port',
    id: `${door.published}/${door.protocol} of ${door.host}`,
    pointer: door.pointer,
  } as const;
  if (now === undefined) {
    return [
      change({ ...base, what: 'removed', details: [`led to ${door.workload}:${door.port}`], effects: ['closed'] }),
    ];
  }
  const isWider = old === undefined || (isLocal(old) && !isLocal(now));
  const wider = isWider && !isLocal(now);
  const effects = [
    `${old === undefined ? 'opened' : wider ? 'opened further' : 'open'} ${reachOf(now, target)}`,
    ...(wider && old !== undefined ? ['it was open on the host alone'] : []),
  ];
  return [
    change({
      ...base,
      what: old === undefined ? 'added' : 'changed',
      details: old === undefined ? [`leads to ${leadsTo(now)}`] : [`leads to ${leadsTo(old)} → ${leadsTo(now)}`],
      effects,
      risks: wider ? ['exposed'] : [],
    }),
  ];
}

function leadsTo({ workload, port, address }: Door): string {
  return `${workload}:${port}${address === undefined ? '' : ` on ${address}`}`;
}

function withoutPlace(door: Door | undefined): unknown {
  return door === undefined ? undefined : { ...door, pointer: '' };
}

function isLocal({ address = '' }: Door): boolean {
  return address.startsWith('127.') || address === '::1';
}

function reachOf(door: Door, target: Platform['target']): string {
  if (target === 'kubernetes') return 'by a load balancer, to whoever reaches it';
  if (isLocal(door)) return 'to programs of the host itself';
  return door.address === undefined || door.address === '0.0.0.0'
    ? 'to everybody who reaches the host, past most firewalls of the host'
    : `to everybody who reaches ${door.address}`;
}

function routeChange(old: Route | undefined, now: Route | undefined): readonly Change[] {
  const route = now ?? old;
  if (route === undefined) return [];
  const path = route.path === '/' ? '' : route.path;
  const base = { kind: 'route', id: route.hostname + path, pointer: route.origin } as const;
  if (now === undefined) {
    const details = [`led to ${route.workload}:${route.port}`];
    return [change({ ...base, what: 'removed', details, effects: ['no longer served'] })];
  }
  if (old === undefined) {
    const details = [`leads to ${now.workload}:${now.port}`];
    const effects = [`served to ${servedTo(now.protect)}`];
    return [change({ ...base, what: 'added', details, effects, risks: ['exposed'] })];
  }
  const details = [
    ...(old.workload === now.workload && old.port === now.port
      ? []
      : [`leads to ${old.workload}:${old.port} → ${now.workload}:${now.port}`]),
    ...(isSame(old.protect, now.protect) ? [] : [`served to ${servedTo(old.protect)} → ${servedTo(now.protect)}`]),
  ];
  if (details.length === 0) return [];
  const weaker = weakened(old.protect, now.protect);
  return [change({ ...base, what: 'changed', details, effects: weaker, risks: weaker.length > 0 ? ['exposed'] : [] })];
}

type Protect = Route['protect'];

function servedTo(protect: Protect): string {
  if (protect?.by !== 'sso') return 'everybody who reaches the ingress';
  const who = protect.groups === undefined ? 'every signed-on user' : `signed-on users of ${listed(protect.groups)}`;
  return protect.open.length === 0 ? who : `${who} (without sign-on: ${listed(protect.open)})`;
}

/** In what way more people can open it than before. */
function weakened(old: Protect, now: Protect): readonly string[] {
  if (old?.by !== 'sso') return [];
  if (now?.by !== 'sso') return ['can be opened without signing on now'];
  const groups = old.groups ?? [];
  const more = now.groups === undefined ? groups.length > 0 : now.groups.some((each) => !groups.includes(each));
  const open = now.open.filter((each) => !old.open.includes(each));
  return [
    ...(old.groups !== undefined && more ? ['more users may open it'] : []),
    ...(open.length === 0 ? [] : [`${listed(open)} can be opened without signing on now`]),
  ];
}

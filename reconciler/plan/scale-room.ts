import type { Platform, Pool } from '../../compiler/model/platform.ts';
import type { Desired } from '../model/desired.ts';
import type { HostRunner } from '../model/load.ts';
import type { HostState } from '../model/snapshot.ts';
import { compareText } from './digest.ts';
import type { ScaleInputs } from './scale-inputs.ts';

/** What a fresh host has left for runners. Only `takePlaces` and `releasePlaces` change it, while one snapshot is decided. */
export interface HostRoom {
  readonly id: string;
  readonly arch: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  freeCpus: number;
  freeMemory: number;
  runners: number;
}

/** What a runner takes whose pool is no longer in the file: the language's default limits. */
const DEFAULT_LIMITS = { cpus: 2, memoryBytes: 2 * 1024 ** 3 };
const ARCH_NAMES: Readonly<Record<string, string>> = { x86_64: 'amd64', x64: 'amd64', aarch64: 'arm64' };

/**
 * Room on every fresh host. Memory: what the host has, less the limits of its containers and runners. CPU: less the
 * limits of its runners only, because services rarely use theirs all at once and CPU time, unlike memory, is shared.
 */
export function measureRoom(desired: Desired, inputs: ScaleInputs): readonly HostRoom[] {
  const limits = new Map(desired.platform.pools.map((pool) => [pool.id, pool.limits]));
  const rooms: HostRoom[] = [];
  for (const [id, input] of inputs.hosts) {
    if (input.value === undefined || input.doubt !== undefined) continue;
    const { engine } = input.value;
    const runners = input.value.runners.filter((runner) => runner.state !== 'exited');
    const taken = runners.map((runner: HostRunner) => limits.get(runner.pool) ?? DEFAULT_LIMITS);
    rooms.push({
      id,
      arch: ARCH_NAMES[engine.arch] ?? engine.arch,
      cpus: engine.cpus,
      memoryBytes: engine.memoryBytes,
      freeCpus: engine.cpus - sum(taken.map(({ cpus }) => cpus)),
      freeMemory:
        engine.memoryBytes -
        sum(taken.map(({ memoryBytes }) => memoryBytes)) -
        containerMemory(id, desired, input.value),
      runners: runners.length,
    });
  }
  return rooms.sort((a, b) => compareText(a.id, b.id));
}

/** Limits of the containers that should be there, and of those that still are. */
function containerMemory(host: string, desired: Desired, state: HostState): number {
  const wanted = desired.units.filter((unit) => unit.kind === 'container' && unit.host === host);
  const known = new Set(wanted.map((unit) => unit.id));
  const others = state.containers.filter((container) => !known.has(container.unit) && container.state !== 'exited');
  return (
    sum(wanted.map((unit) => (unit.kind === 'container' ? unit.spec.memoryBytes : 0))) +
    sum(others.map((container) => container.actual.memoryBytes ?? 0))
  );
}

/**
 * Takes places for `need` runners, each on the host with the fewest runners that it fits on; host ids in that order,
 * fewer when no more fit.
 */
export function takePlaces(rooms: readonly HostRoom[], pool: Pool, need: number): readonly string[] {
  const able = rooms.filter((room) => pool.hosts.includes(room.id) && matchesArch(room, pool));
  const taken: string[] = [];
  while (taken.length < need) {
    let best: HostRoom | undefined;
    for (const room of able) {
      if ((best === undefined || room.runners < best.runners) && fits(room, pool)) best = room;
    }
    if (best === undefined) break;
    occupy(best, pool, 1);
    taken.push(best.id);
  }
  return taken;
}

/** Gives places back that are not used after all. */
export function releasePlaces(rooms: readonly HostRoom[], pool: Pool, hosts: readonly string[]): void {
  for (const id of hosts) {
    const room = rooms.find((candidate) => candidate.id === id);
    if (room !== undefined) occupy(room, pool, -1);
  }
}

function occupy(room: HostRoom, pool: Pool, runners: 1 | -1): void {
  room.freeCpus -= runners * pool.limits.cpus;
  room.freeMemory -= runners * pool.limits.memoryBytes;
  room.runners += runners;
}

/** CPU limits have at most three decimals; sums of them may be off by less than this. */
const EPSILON = 1e-6;

function fits(room: HostRoom, pool: Pool): boolean {
  return room.freeCpus + EPSILON >= pool.limits.cpus && room.freeMemory >= pool.limits.memoryBytes;
}

const matchesArch = (room: HostRoom, pool: Pool): boolean =>
  pool.arch.length === 0 || pool.arch.some((arch) => arch === room.arch);

/** Why no more runners of this pool fit, for people: `local has 0.5 of 4 cpus and 1.2 of 8 GiB left, a runner takes 2 cpus and 2 GiB`. */
export function roomInWords(rooms: readonly HostRoom[], pool: Pool, platform: Platform): string {
  if (pool.hosts.length === 0) return 'the pool has no host';
  const mine = rooms.filter((room) => pool.hosts.includes(room.id));
  if (mine.length === 0) return `no host of the pool can be reached (${pool.hosts.join(', ')})`;
  const able = mine.filter((room) => matchesArch(room, pool));
  if (able.length === 0) {
    const have = mine.map((room) => `${room.id} is ${room.arch}`).join(', ');
    return `no host has the architecture ${pool.arch.join(' or ')} (${have})`;
  }
  const left = able.map(
    (room) =>
      `${room.id} has ${number(room.freeCpus)} of ${number(room.cpus)} cpus and ${gib(room.freeMemory)} of ${gib(room.memoryBytes)} GiB left`,
  );
  const unreachable = pool.hosts.filter(
    (id) => platform.hosts.some((host) => host.id === id) && !mine.some((room) => room.id === id),
  );
  const missing = unreachable.length === 0 ? '' : `; ${unreachable.join(', ')} cannot be reached`;
  return `${left.join(', ')}; a runner takes ${number(pool.limits.cpus)} cpus and ${gib(pool.limits.memoryBytes)} GiB${missing}`;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const number = (value: number): string => String(Math.round(Math.max(0, value) * 100) / 100);
const gib = (bytes: number): string => number(bytes / 1024 ** 3);

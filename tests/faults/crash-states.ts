import type { Operation } from './write-log.ts';

/**
 * What a disk may hold after a power cut: everything before a file's last sync, and of what came later nothing, all,
 * some, or a last write that is torn at a sector.
 */
export const lateWrites = ['dropped', 'kept', 'some', 'torn'] as const;

/** The files after the first `count` operations, one way of several. `random`: from 0 to 1, same seed, same state. */
export function rebuild(
  seed: ReadonlyMap<string, Buffer>,
  operations: readonly Operation[],
  count: number,
  late: (typeof lateWrites)[number],
  random: () => number,
): Map<string, Buffer> {
  const files = new Map(seed);
  const prefix = operations.slice(0, count);
  prefix.forEach((operation, index) => {
    if (operation.kind === 'said' || operation.kind === 'sync') return;
    const synced = prefix.slice(index).some((later) => later.kind === 'sync' && later.file === operation.file);
    const before = files.get(operation.file) ?? Buffer.alloc(0);
    if (operation.kind === 'truncate') {
      if (synced || late === 'kept') files.set(operation.file, resize(before, operation.length));
    } else if (synced || late === 'kept' || (late === 'some' && random() < 0.5)) {
      files.set(operation.file, put(before, operation.offset, operation.bytes));
    } else if (late === 'torn') {
      const sectors = Math.floor((operation.bytes.length / 512) * random());
      files.set(operation.file, put(before, operation.offset, operation.bytes.subarray(0, sectors * 512)));
    }
  });
  return files;
}

/** What was said to be durable by then. */
export function acknowledged(operations: readonly Operation[], count: number): string[] {
  return operations
    .slice(0, count)
    .flatMap((operation) => (operation.kind === 'said' ? operation.text.trim().split('\n') : []));
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function put(before: Buffer, offset: number, bytes: Buffer): Buffer {
  const after = Buffer.alloc(Math.max(before.length, offset + bytes.length));
  before.copy(after);
  bytes.copy(after, offset);
  return after;
}

function resize(before: Buffer, length: number): Buffer {
  const after = Buffer.alloc(length);
  before.copy(after, 0, 0, Math.min(length, before.length));
  return after;
}

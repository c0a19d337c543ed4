import type { Finding, Pointer } from '../../schema/diagnostic.ts';
import type { Platform } from '../model/platform.ts';
import { pointerTo } from '../model/pointer.ts';
import { roundedSizeText } from '../model/quantities.ts';

/** What Docker asks for at least (moby, daemon: linuxMinMemory). Below it, the start of a container alone is too much. */
const leastMemoryBytes = 6 * 2 ** 20;

/** Limits with which no container starts. */
export function checkContainers({ workloads, pools }: Platform): readonly Finding[] {
  return [...workloads, ...pools].flatMap(({ id, origin, limits }) =>
    limits.memoryBytes < leastMemoryBytes ? [tooLittle(id, origin, limits.memoryBytes)] : [],
  );
}

function tooLittle(id: string, origin: Pointer, bytes: number): Finding {
  return {
    code: 'AG482',
    pointer: pointerTo(origin, 'limits', 'memory'),
    message: `'${id}' may use ${roundedSizeText(bytes)} of memory, and with less than 6Mi no container starts`,
    hint: 'write more: 64Mi is little for most programs',
  };
}

import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from growing the space of new objects, which it doubles up to 32 MiB, three times over: a thousand services
 * take 130 MiB less and about as much CPU. It is asked for once the code cache is loaded, which is for default flags.
 */
export function spareMemory(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

import { type CompileInput, compile } from '../../compiler/compile.ts';
import { lockText } from '../../compiler/lock.ts';
import type { Lock, LockedImage } from '../../compiler/model/lock.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

/** `sha256:` and a digit, 64 times. */
export const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

export const pinned = (digit: string, ...architectures: readonly string[]): LockedImage => ({
  kind: 'pinned',
  digest: digest(digit),
  platforms: Object.fromEntries(architectures.map((name, index) => [`linux/${name}`, digest(String(index))])),
});

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Compiles a text beside a lock, given as values or as the text of the file. */
export function compileWith(text: string, lock: Lock | string | undefined, target?: CompileInput['target']) {
  return compile({
    file: 'autogit.yaml',
    bytes: bytesOf(text),
    catalog,
    targets,
    target,
    ...(lock !== undefined && {
      lock: { file: 'autogit.lock', bytes: bytesOf(typeof lock === 'string' ? lock : lockText(lock)) },
    }),
  });
}

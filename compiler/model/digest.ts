import { sha256 } from './sha256.ts';

/**
 * sha256 in lower-case hex over parts that cannot run into each other: each is preceded by its length.
 * Used for content labels, which restart a container when a file of its own changes.
 */
export function digestOf(parts: readonly string[]): string {
  return sha256(Buffer.from(parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('')));
}

import { createHash } from 'node:crypto';

/**
 * sha256 in lower-case hex over parts that cannot run into each other: each is preceded by its length.
 * Used for content labels, which restart a container when a file of its own changes.
 */
export function digestOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}

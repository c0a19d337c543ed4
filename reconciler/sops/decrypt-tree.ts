import { createHash, type Hash, timingSafeEqual } from 'node:crypto';
import { decryptValue, type Encrypted, parseEncrypted } from './cipher.ts';
import type { SopsMetadata } from './metadata.ts';
import type { SopsNode } from './node.ts';

/** A file after decryption. */
export type Opened =
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Opened> }
  | { readonly kind: 'list'; readonly items: readonly Opened[] }
  /** `type` of SOPS: `str`, `int`, `float`, `bool`, `bytes`, `time`. */
  | { readonly kind: 'secret'; readonly type: string; readonly bytes: Buffer }
  /** Stands in the file as it is. */
  | { readonly kind: 'clear' };

export type Decrypted =
  | { readonly kind: 'opened'; readonly documents: readonly Opened[] }
  /** A value that was changed, moved, or encrypted with another key. */
  | { readonly kind: 'value-changed'; readonly pointer: string }
  /** Every value fits, but they are not those that were there together. */
  | { readonly kind: 'sum-changed' };

/** Makes sums of both kinds differ: SHA-256 of `sops` (SOPS `sops.go`, MACOnlyEncryptedInitialization). */
const onlyEncryptedStart = createHash('sha256').update('sops').digest();

/**
 * Decrypts every value and checks the sum over all of them, in the order of the file (SOPS `Tree.Decrypt`).
 *
 * SOPS decides by names and comments which values ought to be encrypted; here each value says it by its form. Nobody
 * gains by that: a value in clear in the place of an encrypted one changes the sum, and a value in clear is never
 * handed out as a secret.
 */
export function decryptTree(
  documents: readonly SopsNode[],
  { lastModified, mac, macOnlyEncrypted }: SopsMetadata,
  key: Uint8Array,
): Decrypted {
  const sum = createHash('sha512');
  if (macOnlyEncrypted) sum.update(onlyEncryptedStart);
  const changed: string[] = [];
  const open = (node: SopsNode, keys: readonly string[], pointer: string): Opened => {
    switch (node.kind) {
      case 'map':
        return {
          kind: 'map',
          entries: new Map(
            node.entries.map(([name, inner]) => [name, open(inner, [...keys, name], `${pointer}/${escaped(name)}`)]),
          ),
        };
      case 'list':
        return {
          kind: 'list',
          // SOPS keeps a comment of a list as an item of it.
          items: node.items
            .map((item, index) => open(item, keys, `${pointer}/${index}`))
            .filter((item) => item.kind !== 'secret' || item.type !== 'comment'),
        };
      case 'null':
        return { kind: 'clear' };
      case 'other':
        if (!macOnlyEncrypted) sum.update(node.canonical);
        return { kind: 'clear' };
      case 'text': {
        const encrypted = parseEncrypted(node.text);
        if (encrypted !== undefined) return openValue(encrypted, keys, pointer);
        if (!macOnlyEncrypted) sum.update(node.text);
        return { kind: 'clear' };
      }
    }
  };
  const openValue = (encrypted: Encrypted, keys: readonly string[], pointer: string): Opened => {
    const bytes = decryptValue(encrypted, key, `${keys.join(':')}:`);
    if (bytes === undefined) changed.push(pointer);
    else if (encrypted.type !== 'comment') sum.update(bytes);
    return { kind: 'secret', type: encrypted.type, bytes: bytes ?? Buffer.alloc(0) };
  };

  const opened = documents.map((document) => open(document, [], ''));
  const [pointer] = changed;
  if (pointer !== undefined) return { kind: 'value-changed', pointer };
  return isSum(sum, mac, lastModified, key) ? { kind: 'opened', documents: opened } : { kind: 'sum-changed' };
}

function isSum(sum: Hash, mac: string, lastModified: string, key: Uint8Array): boolean {
  const encrypted = parseEncrypted(mac);
  const expected = encrypted && decryptValue(encrypted, key, lastModified);
  const found = Buffer.from(sum.digest('hex').toUpperCase(), 'utf8');
  return expected !== undefined && expected.length === found.length && timingSafeEqual(expected, found);
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

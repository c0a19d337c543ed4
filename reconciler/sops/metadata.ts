import { NotReadable } from './not-readable.ts';

/** What decrypting needs of the `sops` part. */
export interface SopsMetadata {
  /** Each way to the data key by age: whom it is for, and the key as an armored age file. */
  readonly age: readonly { readonly recipient: string; readonly enc: string }[];
  /** Other ways to the data key that the file has: `pgp`, `kms`. */
  readonly others: readonly string[];
  readonly lastModified: string;
  /** Encrypted sum over the values. */
  readonly mac: string;
  /** True when only encrypted values are in the sum. */
  readonly macOnlyEncrypted: boolean;
}

const otherKinds = ['pgp', 'kms', 'gcp_kms', 'hckms', 'azure_kv', 'hc_vault'];

/** Throws `NotReadable` for a part that this program does not understand. */
export function readMetadata(part: Readonly<Record<string, unknown>>): SopsMetadata {
  const groups = listOf(part.key_groups);
  if (groups.length > 1)
    throw new NotReadable('needs keys of several groups (Shamir); encrypt it without key groups, for age keys alone');
  const keys = { ...part, ...groups[0] };
  const { lastmodified, mac } = part;
  if (typeof lastmodified !== 'string' || typeof mac !== 'string')
    throw new NotReadable('has a "sops" part without lastmodified or mac; restore it, or encrypt it again');
  return {
    age: listOf(keys.age).flatMap(({ recipient, enc }) =>
      typeof recipient === 'string' && typeof enc === 'string' ? [{ recipient, enc }] : [],
    ),
    others: otherKinds.filter((kind) => listOf(keys[kind as keyof typeof keys]).length > 0),
    lastModified: lastmodified,
    mac,
    macOnlyEncrypted: /^true$/i.test(String(part.mac_only_encrypted)),
  };
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

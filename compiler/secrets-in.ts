import { literalSecrets } from './model/literal-secrets.ts';
import { maskSecrets } from './model/mask.ts';
import { readDocument } from './read/read-document.ts';

/** Texts of the secrets that stand in a platform file as plain text; none of a file that cannot be read. */
export async function secretsIn(bytes: Uint8Array): Promise<readonly string[]> {
  const { document } = await readDocument({ file: '', bytes });
  return document === undefined ? [] : [...new Set(literalSecrets(document.tree).map(({ text }) => text))];
}

/** A value with `***` in place of secrets in every text of it; keys stay. */
export function maskedValue<T>(value: T, secrets: readonly string[]): T {
  if (secrets.length === 0) return value;
  if (typeof value === 'string') return maskSecrets(value, secrets) as T;
  if (typeof value === 'number') return (secrets.includes(String(value)) ? '***' : value) as T;
  if (Array.isArray(value)) return value.map((item) => maskedValue(item, secrets)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, maskedValue(member, secrets)])) as T;
}

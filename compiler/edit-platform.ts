/** The door to `edit` for those who rewrite platform files. */
import type { Diagnostic } from '../schema/diagnostic.ts';
import { type Formatted, format } from './edit/format.ts';
import { readDocument } from './read/read-document.ts';

export { migrate } from './edit/migrate.ts';

/** A platform file in its canonical form, or why there is none. Mistakes beyond those of YAML itself do not matter. */
export async function formatPlatform(input: {
  readonly file: string;
  readonly bytes: Uint8Array;
}): Promise<Formatted | { readonly kind: 'unreadable'; readonly diagnostics: readonly Diagnostic[] }> {
  const { document, diagnostics } = await readDocument(input);
  if (document === undefined || diagnostics.length > 0) return { kind: 'unreadable', diagnostics };
  return format(document.text);
}

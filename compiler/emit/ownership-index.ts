import { hash } from 'node:crypto';
import { compareText } from '../model/order.ts';
import { recordOf } from '../model/record.ts';

/** Name of the index in the output folder. */
export const indexName = '.autogit-index.json';

/** What AutoGit wrote into an output folder: path → sha256 of the content. */
export type OwnershipIndex = Readonly<Record<string, string>>;

/** sha256 in lower-case hex, as `sha256sum` prints it. */
export function contentDigest(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/** The file: one line for each path, sorted, so that a review shows what changed. */
export function indexText(index: OwnershipIndex): string {
  const files = recordOf(Object.entries(index).sort(([a], [b]) => compareText(a, b)));
  return `${JSON.stringify({ version: 1, files }, null, 2)}\n`;
}

/**
 * The index that a text holds; undefined when it is none. Paths that would lead out of the folder make it invalid:
 * whoever edits the index must not be able to have other files removed.
 */
export function readIndex(text: string): OwnershipIndex | undefined {
  const parsed = parseJson(text);
  if (!isMap(parsed) || parsed.version !== 1 || !isMap(parsed.files)) return undefined;
  const entries = Object.entries(parsed.files);
  const valid = entries.every(([path, digest]) => isInside(path) && /^[0-9a-f]{64}$/.test(String(digest)));
  return valid ? (recordOf(entries) as OwnershipIndex) : undefined;
}

/** A relative path with `/`, without empty, `.` or `..` parts. */
function isInside(path: string): boolean {
  return (
    !path.includes('\\') && !path.includes('\0') && path.split('/').every((part) => !['', '.', '..'].includes(part))
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Other files of a commit that its platform file names, in base64 by their path from the folder of the platform file. One
 * that is not there was not in the commit.
 */
export type CommitFiles = Readonly<Record<string, string>>;

/** Bytes of a file, or undefined when the commit has none at this path. */
export function fileBytes(files: CommitFiles | undefined, path: string): Uint8Array | undefined {
  const content = files !== undefined && Object.hasOwn(files, path) ? files[path] : undefined;
  return content === undefined ? undefined : Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
}

/** Whether both hold the same content. */
export function isSameFiles(a: CommitFiles | undefined, b: CommitFiles | undefined): boolean {
  return filesText(a) === filesText(b);
}

/** The same text for the same content, whatever the order; empty when there is none. */
export function filesText(files: CommitFiles = {}): string {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries));
}

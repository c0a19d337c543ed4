/**
 * `forge.host`, `services.wiki.volumes.data`, or a pointer `/forge/host` → its keys. A key that has a dot itself
 * (`app.conf`) is found because keys that are there are taken first: `services.wiki.configs.app.conf`.
 */
export function settingPath(text: string, tree: unknown): readonly string[] {
  if (text.startsWith('/'))
    return text
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const words = text.split('.').filter((word) => word !== '');
  const path: string[] = [];
  let here = tree;
  for (let at = 0; at < words.length; ) {
    const length = longestKey(words.slice(at), here);
    const key = words.slice(at, at + length).join('.');
    path.push(key);
    here = isMap(here) && Object.hasOwn(here, key) ? here[key] : undefined;
    at += length;
  }
  return path;
}

/** How many words make the longest key that is there; one when none is. */
function longestKey(words: readonly string[], here: unknown): number {
  if (!isMap(here)) return 1;
  for (let length = words.length; length > 1; length--)
    if (Object.hasOwn(here, words.slice(0, length).join('.'))) return length;
  return 1;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

import type { Value } from '../../schema/document.ts';
import { isMap } from './is-map.ts';
import type { JsonPatchStep } from './platform.ts';

/** Keys that rfc6902 passes over in a path: the step would change something else. */
const skipped: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** An index of a list (RFC 6901, 4): no sign, no blank, no leading zero. */
const index = /^(?:0|[1-9][0-9]*)$/;

/**
 * Why a step of a JSON patch cannot be taken (RFC 6902, 4), or undefined when its path leads where the step can do something. rfc6902
 * itself looks into texts, takes `-1` or `length` for an item of a list, and throws at what is no path.
 *
 * @param value what the step would change, with all steps before it
 */
export function misplaced(value: Value, { op, path, value: added }: JsonPatchStep): string | undefined {
  if (op !== 'remove' && added === undefined) return `\`${op}\` needs a \`value\``;
  if (path === '') return 'the object as a whole cannot be replaced';
  if (!path.startsWith('/')) return `write /${path}: a path begins with a slash`;
  if (/~(?![01])/.test(path)) return `in ${path} write \`~0\` for \`~\`, and \`~1\` for a slash inside a key`;
  const keys = path.split('/').slice(1);
  if (keys.some((key) => skipped.includes(key))) return `${path} holds a key that no step can reach`;
  let parent: Value = value;
  for (const [at, key] of keys.entries()) {
    const isLast = at === keys.length - 1;
    const here = keys.slice(0, at).map((each) => `/${each}`);
    const wrong = Array.isArray(parent) ? noItem(parent, key, here.join(''), isLast && op === 'add') : undefined;
    if (wrong !== undefined) return `${path}: ${wrong}`;
    if (isLast && op === 'add' && isContainer(parent)) return undefined;
    const next = member(parent, key.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (next === undefined) return op === 'add' ? `there is nothing to add ${path} to` : `there is no ${path}`;
    parent = next;
  }
  return undefined;
}

function noItem(list: readonly Value[], key: string, where: string, isAdded: boolean): string | undefined {
  if (isAdded && key === '-') return undefined;
  if (key === '-') return `\`-\` is behind the last item of ${where}, where there is only something to add`;
  if (!index.test(key)) return `${where} is a list, and '${key}' is no index of it: write 0 for its first item`;
  if (Number(key) < list.length + (isAdded ? 1 : 0)) return undefined;
  return list.length === 0 ? `the list ${where} is empty` : `the last item of ${where} is ${where}/${list.length - 1}`;
}

function isContainer(value: Value): boolean {
  return Array.isArray(value) || isMap(value);
}

function member(parent: Value, key: string): Value | undefined {
  if (Array.isArray(parent)) return parent[Number(key)];
  return isMap(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
}

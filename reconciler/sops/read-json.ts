import { floatText, type SopsFile, type SopsNode, splitMetadata } from './node.ts';
import { NotReadable } from './not-readable.ts';

/** A JSON file as SOPS sees it, keys in their order (which `JSON.parse` does not keep). Throws `NotReadable`. */
export function readJson(text: string): SopsFile {
  try {
    JSON.parse(text);
  } catch {
    throw new NotReadable('is not JSON');
  }
  // From here on the syntax is right.
  const tokens = text.match(/[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g) ?? [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';

  function value(depth: number): SopsNode {
    if (depth > 100) throw new NotReadable('is nested more than 100 deep');
    const token = next();
    if (token === '{') return { kind: 'map', entries: members('}', () => entry(depth)) };
    if (token === '[') return { kind: 'list', items: members(']', () => value(depth + 1)) };
    return scalar(token);
  }

  function entry(depth: number): readonly [string, SopsNode] {
    const key = JSON.parse(next()) as string;
    next();
    return [key, value(depth + 1)];
  }

  function members<T>(end: string, member: () => T): readonly T[] {
    const found: T[] = [];
    if (tokens[at] === end) at += 1;
    else
      do found.push(member());
      while (next() !== end);
    return found;
  }

  return splitMetadata([value(0)]);
}

function scalar(token: string): SopsNode {
  if (token.startsWith('"')) return { kind: 'text', text: JSON.parse(token) as string };
  if (token === 'null') return { kind: 'null' };
  if (token === 'true' || token === 'false') return { kind: 'other', canonical: token === 'true' ? 'True' : 'False' };
  if (/^-?[0-9]+$/.test(token)) {
    const whole = BigInt(token);
    if (whole >= -(2n ** 63n) && whole < 2n ** 63n) return { kind: 'other', canonical: String(whole) };
  }
  return { kind: 'other', canonical: floatText(Number(token)) };
}

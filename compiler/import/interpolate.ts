import type { UsedVariable } from './node.ts';

/** Values from outside the Compose file, by name: those of its `.env`. */
export type Variables = Readonly<Record<string, string>>;

export interface Interpolated {
  readonly text: string;
  readonly variables: readonly UsedVariable[];
  /** Something after `$` that Compose refuses. */
  readonly wrong?: string;
}

/** The name, when a text is one variable and nothing else. */
export function onlyVariableIn(source: string): string | undefined {
  const match = whole.exec(source);
  return match?.[1] ?? match?.[2];
}

const name = /^[A-Za-z_][A-Za-z0-9_]*/;
const whole = /^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?\?[^{}]*)?\})$/;

/**
 * Fills in variables as Compose does: `$NAME`, `${NAME}`, `:-` and `-` (default), `:?` and `?` (required), `:+` and `+`
 * (replacement), each possibly nested, and `$$` for a dollar sign (compose-spec, 12-interpolation).
 */
export function interpolate(source: string, given: Variables): Interpolated {
  const variables: UsedVariable[] = [];
  const walked = walk(source, given, variables);
  return { ...walked, variables };
}

function walk(source: string, given: Variables, used: UsedVariable[]): { text: string; wrong?: string } {
  let text = '';
  let at = 0;
  while (at < source.length) {
    const dollar = source.indexOf('$', at);
    if (dollar < 0) return { text: text + source.slice(at) };
    text += source.slice(at, dollar);
    const next = source[dollar + 1];
    if (next === '$') {
      text += '$';
      at = dollar + 2;
    } else if (next === '{') {
      const end = closing(source, dollar + 2);
      if (end < 0) return { text: source, wrong: source.slice(dollar) };
      const braced = inBraces(source.slice(dollar + 2, end), given, used);
      if (braced === undefined) return { text: source, wrong: source.slice(dollar, end + 1) };
      text += braced;
      at = end + 1;
    } else {
      const found = name.exec(source.slice(dollar + 1))?.[0];
      if (found === undefined) return { text: source, wrong: source.slice(dollar, dollar + 2) };
      text += plain(found, given, used, false);
      at = dollar + 1 + found.length;
    }
  }
  return { text };
}

/** Offset of the brace that ends what began before `from`, or -1. */
function closing(source: string, from: number): number {
  let depth = 1;
  for (let at = from; at < source.length; at++) {
    if (source[at] === '$' && source[at + 1] === '{') depth += 1;
    if (source[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function inBraces(body: string, given: Variables, used: UsedVariable[]): string | undefined {
  const found = name.exec(body)?.[0];
  if (found === undefined) return undefined;
  const rest = body.slice(found.length);
  if (rest === '') return plain(found, given, used, false);
  const operator = /^:?[-?+]/.exec(rest)?.[0];
  if (operator === undefined) return undefined;
  const other = rest.slice(operator.length);
  const value = Object.hasOwn(given, found) ? given[found] : undefined;
  const there = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  if (operator.endsWith('?')) return plain(found, given, used, true);
  if (operator.endsWith('+')) {
    used.push({ name: found, filled: true, given: there, required: false });
    return there ? walk(other, given, used).text : '';
  }
  used.push({ name: found, filled: true, given: there, required: false });
  return there ? value : walk(other, given, used).text;
}

function plain(found: string, given: Variables, used: UsedVariable[], required: boolean): string {
  const value = Object.hasOwn(given, found) ? given[found] : undefined;
  const filled = value !== undefined && !(required && value === '');
  used.push({ name: found, filled, given: filled, required });
  return value ?? '';
}

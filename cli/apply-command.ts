import type { Options } from './commands.ts';

/** Flags that do not change which world is looked at. */
const besides = new Set(['format', 'log', 'logLevel', 'plan']);
/** Values that a flag has when it is absent. */
const absent: Options = { branch: 'main', path: 'autogit.yaml' };

/**
 * What to type to do the plan of this digest and nothing else: with the flags that the plan was made with, as `apply`
 * looks at the same world only then. Ready for a shell.
 */
export function applyCommand(digest: string, given: Options): string {
  const flags = Object.entries(given).flatMap(([name, value]) => {
    if (besides.has(name) || value === undefined || value === false || value === absent[name]) return [];
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? [flag] : [`${flag} ${quoted(value)}`];
  });
  return ['autogit apply', ...flags, `--plan ${digest}`].join(' ');
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

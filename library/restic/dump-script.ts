/**
 * POSIX shell: takes one dump. The file appears under its name when it is whole; until then the one before stays.
 * With the arguments `load FILE` it takes a copy back in instead.
 * `script` writes the copy to the file that is named by `$1`, `load` reads it from there.
 */
export function dumpScript(script: string, file: string, load?: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return [
    '# Takes a consistent copy of what a program keeps, while it runs.',
    'set -eu',
    'umask 077',
    ...body('take', script),
    ...(load === undefined
      ? []
      : [
          ...body('load', load),
          'if [ $# -eq 2 ] && [ "$1" = load ]; then',
          '  [ -s "$2" ] || { echo "the dump is empty" >&2; exit 1; }',
          '  load "$2"',
          `  echo "${name} is taken back in"`,
          '  exit 0',
          'fi',
        ]),
    `rm -f ${file}.part`,
    `take ${file}.part`,
    `[ -s ${file}.part ] || { echo "the dump is empty" >&2; exit 1; }`,
    'sync',
    `mv -f ${file}.part ${file}`,
    `echo "${name} is there"`,
    '',
  ].join('\n');
}

/** A function of the shell; an indented line would end a here-document of its own too late. */
function body(name: string, script: string): readonly string[] {
  return [`${name}() {`, ...script.split('\n').map((line) => `  ${line}`), '}'];
}

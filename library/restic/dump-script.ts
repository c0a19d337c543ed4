/**
 * POSIX shell: takes one dump. The file appears under its name when it is whole; until then the one before stays.
 * `script` writes the copy to the file that is named by `$1`.
 */
export function dumpScript(script: string, file: string): string {
  return [
    '# Takes a consistent copy of what a program keeps, while it runs.',
    'set -eu',
    'umask 077',
    'take() {',
    ...script.split('\n').map((line) => `  ${line}`),
    '}',
    `rm -f ${file}.part`,
    `take ${file}.part`,
    `[ -s ${file}.part ] || { echo "the dump is empty" >&2; exit 1; }`,
    'sync',
    `mv -f ${file}.part ${file}`,
    `echo "${file.slice(file.lastIndexOf('/') + 1)} is there"`,
    '',
  ].join('\n');
}

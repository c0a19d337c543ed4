/**
 * A file of `NAME=value` lines as Compose reads it: comments, `export`, quotes. A name without `=` has no value there.
 */
export function readEnvFile(text: string): readonly (readonly [name: string, value: string])[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*?)\s*$/.exec(line);
    return match === null ? [] : [[match[1] ?? '', readValue(match[2] ?? '')] as const];
  });
}

function readValue(text: string): string {
  const single = /^'([^']*)'/.exec(text);
  if (single !== null) return single[1] ?? '';
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (double !== null) return (double[1] ?? '').replace(/\\([nrt"\\$])/g, (_, char: string) => escapes[char] ?? char);
  return text.replace(/(?:^|\s+)#.*$/, '');
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';

/** What the compiler says of a file that starts with a name and a domain, one line for each place. */
export async function said(rest: string, name = 'home'): Promise<string> {
  const { diagnostics } = await compile({
    file: 'autogit.yaml',
    bytes: Buffer.from(`name: ${name}\ndomain: home.lan\n${rest}`),
    catalog,
    targets,
  });
  return diagnostics
    .map(({ code, severity, range, message, hint, related }) => {
      const others = related.map((other) => `  see ${at(other.range)} ${other.message}\n`);
      return `${at(range)} ${severity} ${code}: ${message}\n${others.join('')}  next ${hint}\n`;
    })
    .join('');
}

function at({ start }: { readonly start: { readonly line: number; readonly column: number } }): string {
  return `${start.line}:${start.column}`;
}

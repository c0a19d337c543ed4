import { acceptance, type Code, codes } from '../codes.ts';

/** `docs/errors/`: one page for each code, and a list of them. Path → text. */
export function pages(): Record<string, string> {
  const entries = Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1));
  const list = entries.map(([code, { title }]) => `- [${code}](${code}.md): ${title}`);
  const all = entries.map(([code, entry]) => [`docs/errors/${code}.md`, page(code, entry)] as const);
  return { 'docs/errors/INDEX.md': `# Diagnostics\n\n${list.join('\n')}\n`, ...Object.fromEntries(all) };
}

function page(code: string, entry: Code): string {
  const accept = acceptance(code, entry);
  const parts = [
    `# ${code}: ${entry.title}`,
    entry.why,
    ...(entry.note === undefined ? [] : [entry.note]),
    ...(entry.wrong === undefined ? [] : ['## Wrong', fenced(entry.wrong)]),
    ...(entry.right === undefined ? [] : ['## Right', fenced(entry.right)]),
    ...(accept === undefined
      ? []
      : ['## Accept', 'Where it is meant like that, the file says so, with the reason:', fenced(accept)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function fenced(text: string): string {
  return `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``;
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Document {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

export interface CodeBlock {
  /** What stands after the fence: `sh run exit=1`. */
  readonly info: string;
  readonly code: string;
  readonly line: number;
}

/** Every Markdown file that git knows or would add, sorted. Those that tests render or vendor are no documents. */
export function documents(): readonly Document[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((path) => path !== '' && !path.startsWith('tests/golden/') && existsSync(join(root, path)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The fenced blocks of a document, in order. */
export function codeBlocks(text: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { info: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^ {0,3}```(.*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined) open = { info: fence[1]?.trim() ?? '', line: index + 1, lines: [] };
    else {
      blocks.push({ info: open.info, line: open.line, code: open.lines.join('\n') });
      open = undefined;
    }
  }
  return blocks;
}

/** The text without its fenced blocks, line numbers kept. */
export function prose(text: string): string {
  let inside = false;
  const lines = text.split('\n').map((line) => {
    const fence = /^ {0,3}```/.test(line);
    if (fence) inside = !inside;
    return inside || fence ? '' : line;
  });
  return lines.join('\n');
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, prose, root } from './documents.ts';

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll('`', '')
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(path: string): readonly string[] {
  const headings = prose(readFileSync(path, 'utf8')).matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading]) => anchorOf(heading ?? ''));
}

/** What is wrong with a link of the document at `from`, or nothing. */
function faultOf(from: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? join(root, from) : join(root, normalize(join(dirname(from), decodeURIComponent(file))));
  if (!existsSync(path)) return `${target} is not there`;
  if (anchor === undefined || statSync(path).isDirectory()) return undefined;
  return anchorsOf(path).includes(anchor) ? undefined : `${target}: there is no such heading`;
}

describe('links in the documents', () => {
  it.each(documents().map(({ path, text }) => [path, text]))('lead somewhere in %s', (path, text) => {
    const targets = [...prose(text).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map(([, target]) => target ?? '');
    expect(targets.map((target) => faultOf(path, target)).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('reach every page of docs/ from its index', () => {
    const pages = documents().filter(({ path }) => /^docs\/[^/]+\.md$|^docs\/adr\//.test(path));
    const linked = new Set(
      pages.flatMap(({ path, text }) =>
        [...text.matchAll(/\]\(([^)#\s]+\.md)/g)].map(([, target]) => normalize(join(dirname(path), target ?? ''))),
      ),
    );
    const unreached = pages.map(({ path }) => path).filter((path) => !linked.has(path) && path !== 'docs/INDEX.md');
    expect(unreached).toEqual([]);
  });
});

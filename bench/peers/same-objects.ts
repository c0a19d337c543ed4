import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';

/** What stands in place of the words that differ between two services. */
const places = (index: number, digest: string): readonly (readonly [from: string, to: string])[] => [
  [`s${index - 1}`, '{{ .previous }}'],
  [`s${index}`, '{{ .name }}'],
  [`s${index + 1}`, '{{ .next }}'],
  [digest, '{{ .digest }}'],
  [`"${index}"`, '"{{ .index }}"'],
];

/**
 * Writes `same-chart/`, a chart that makes the very objects of `rendered/kubernetes`: its template is what AutoGit rendered
 * for one service in the middle, with the words that differ taken from the values. Throws where helm makes other objects of it.
 */
export function writeSameChart(work: string, services: number, helm: string): void {
  const middle = Math.floor(services / 2);
  const text = objectsOf(work, middle);
  const digest = /config-digest: (\S+)/.exec(text)?.[1] ?? '';
  // Words alone: `s50` is in `s500` too.
  const template = places(middle, digest).reduce(
    (all, [from, to]) => all.replaceAll(new RegExp(`(?<![\\w.])${from}(?!\\w)`, 'g'), to),
    text,
  );
  const values = Array.from({ length: services }, (_, index) => {
    const own = /config-digest: (\S+)/.exec(objectsOf(work, index))?.[1];
    return `  - { name: s${index}, previous: s${index - 1}, next: s${index + 1}, index: "${index}", digest: ${own} }\n`;
  });
  mkdirSync(join(work, 'same-chart/templates'), { recursive: true });
  const put = (path: string, content: string) => writeFileSync(join(work, 'same-chart', path), content);
  put('Chart.yaml', 'apiVersion: v2\nname: many\nversion: 1.0.0\n');
  put('values.yaml', `services:\n${values.join('')}`);
  put('templates/all.yaml', `{{- range .Values.services }}\n${template}{{- end }}\n`);

  const made = execFileSync(helm, ['template', 'many', 'same-chart'], { cwd: work, maxBuffer: 1 << 28 }).toString();
  const wanted = parseAllDocuments(text).map((document) => document.toJS());
  const own = made
    .split(/^---$/m)
    .filter((part) => part.includes(`source: "autogit.yaml#/services/s${middle}"`))
    .map((part) => parse(part));
  const inOrder = (objects: readonly { readonly kind: string }[]) =>
    [...objects].sort((a, b) => (a.kind < b.kind ? -1 : 1));
  if (!isDeepStrictEqual(inOrder(own), inOrder(wanted)))
    throw new Error(`helm makes other objects than AutoGit of s${middle}`);
}

/** All objects of one service, as one stream of documents. */
function objectsOf(work: string, index: number): string {
  const folder = join(work, 'rendered/kubernetes', `s${index}`);
  return readdirSync(folder)
    .sort()
    .map((name) => `---\n${readFileSync(join(folder, name), 'utf8')}`)
    .join('');
}

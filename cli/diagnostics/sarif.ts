import { type Code, codes } from '../../schema/codes.ts';
import type { Diagnostic, Range } from '../../schema/diagnostic.ts';
import { version } from '../version.ts';
import { fingerprints } from './fingerprint.ts';
import type { Reported } from './report.ts';
import { reportPath } from './report-path.ts';

/** Where the page of a code is. */
const pageOf = (code: string) => `https://autogit.dev/errors/${code}`;

/** A SARIF 2.1.0 log (https://docs.oasis-open.org/sarif/sarif/v2.1.0/) with one run. */
export function diagnosticsSarif({ diagnostics, texts }: Reported): string {
  const rules = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const names = fingerprints(diagnostics, texts);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'AutoGit', semanticVersion: version, rules: rules.map((code) => ruleOf(code, codes[code])) },
        },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic, index) => resultOf(diagnostic, rules, names[index] ?? '')),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(id: string, code: Code | undefined) {
  const { title = id, why = '', note, wrong, right } = code ?? {};
  const example = (name: string, text: string | undefined) =>
    text === undefined ? [] : [`**${name}**`, `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``];
  const words = [why, ...(note === undefined ? [] : [note])];
  return {
    id,
    name: id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    helpUri: pageOf(id),
    help: {
      text: words.join('\n\n'),
      markdown: [...words, ...example('Wrong', wrong), ...example('Right', right)].join('\n\n'),
    },
  };
}

function resultOf(diagnostic: Diagnostic, rules: readonly string[], fingerprint: string) {
  const { code, severity, message, hint, file, range, related, fix } = diagnostic;
  return {
    ruleId: code,
    ruleIndex: rules.indexOf(code),
    level: severity,
    message: { text: hint === undefined ? message : `${message}. Next: ${hint}` },
    locations: [{ physicalLocation: placeOf(file, range) }],
    ...(related.length > 0 && {
      relatedLocations: related.map((place, id) => ({
        id,
        message: { text: place.message },
        physicalLocation: placeOf(place.file, place.range),
      })),
    }),
    partialFingerprints: { 'autogit/v1': fingerprint },
    ...(fix !== undefined && {
      fixes: [
        {
          description: { text: fix.title },
          artifactChanges: [
            {
              artifactLocation: artifactOf(file),
              replacements: fix.edits.map((edit) => ({
                deletedRegion: regionOf(edit.range),
                insertedContent: { text: edit.text },
              })),
            },
          ],
        },
      ],
    }),
  };
}

function placeOf(file: string, range: Range) {
  return { artifactLocation: artifactOf(file), region: regionOf(range) };
}

/** A relative URI; each part is escaped, the slashes between them are not. */
function artifactOf(file: string) {
  const path = reportPath(file).split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? { uri: `file://${path}` } : { uri: path, uriBaseId: '%SRCROOT%' };
}

function regionOf({ start, end }: Range) {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

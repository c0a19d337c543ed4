/** Reports for services: they are judged by the schema or the rules of who reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { diagnosticsGithub } from '../../cli/diagnostics/github.ts';
import { diagnosticsGitlab } from '../../cli/diagnostics/gitlab.ts';
import { reportPath } from '../../cli/diagnostics/report-path.ts';
import { diagnosticsSarif } from '../../cli/diagnostics/sarif.ts';
import { diagnosticsText } from '../../cli/diagnostics/text.ts';
import { wantsColour } from '../../cli/terminal.ts';
import type { Diagnostic } from '../../schema/diagnostic.ts';
import { judgeAll } from '../language/judge.ts';

const language = join(import.meta.dirname, '../language');
const wrong = readdirSync(join(language, 'wrong'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => new TextDecoder().decode(readFileSync(join(language, 'wrong', name))));

const file = 'platform/autogit.yaml';
const reported = async (text: string) => ({
  file,
  diagnostics: (await judgeAll(text, file)).diagnostics,
  texts: { [file]: text },
});

it('text for a terminal holds nothing that moves its cursor, renames its window or turns its direction', async () => {
  const hostile =
    'name: "a\\e[2J"\ndomain: home.lan\n"\\e]0;title\\a": 1\n"x\\u202e": 1\nservices: { "b\\r": { image: "a\\e[1m" } }\n';
  const { diagnostics } = await reported(hostile);
  expect(diagnostics.length).toBeGreaterThan(4);
  const said = diagnosticsText(diagnostics, { text: hostile, colour: false });
  expect([...said].filter((letter) => /[\p{Cc}\p{Bidi_Control}]/u.test(letter) && letter !== '\n')).toEqual([]);
});

describe('SARIF', () => {
  const {
    $schema: _,
    id: __,
    ...schema
  } = JSON.parse(readFileSync(join(language, 'sarif/sarif-2.1.0-rtm.5.json'), 'utf8'));
  const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

  it('of every wrong file is valid by the schema of OASIS', async () => {
    for (const text of wrong) {
      const log = JSON.parse(diagnosticsSarif(await reported(text)));
      expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
      expect(log.runs[0].results.length).toBeGreaterThan(0);
    }
  });

  it('has the place, the other place, the page of the rule and the fix', async () => {
    const log = JSON.parse(
      diagnosticsSarif(await reported('name: home\ndomain: home.lan\nname: home\nforge: gitae\n')),
    );
    const [run] = log.runs;
    const [twice, misspelt] = run.results;
    expect(twice).toMatchObject({
      ruleId: 'AG108',
      locations: [{ physicalLocation: { artifactLocation: { uri: file }, region: { startLine: 3, startColumn: 1 } } }],
      relatedLocations: [{ physicalLocation: { region: { startLine: 1 } } }],
    });
    expect(run.tool.driver.rules[misspelt.ruleIndex]).toMatchObject({ id: 'AG204', help: { markdown: /```yaml/ } });
    expect(misspelt.fixes[0].artifactChanges[0].replacements).toEqual([
      {
        deletedRegion: { startLine: 4, startColumn: 8, endLine: 4, endColumn: 13 },
        insertedContent: { text: 'gitea' },
      },
    ]);
  });
});

describe('GitLab code quality', () => {
  it('has the members that GitLab needs, and a fingerprint for each', async () => {
    for (const text of wrong) {
      const issues = JSON.parse(diagnosticsGitlab(await reported(text)));
      for (const issue of issues) {
        expect(issue).toEqual({
          description: expect.stringMatching(/^AG\d{3}: ./),
          check_name: expect.stringMatching(/^AG\d{3}$/),
          fingerprint: expect.stringMatching(/^[0-9a-f]{40}$/),
          severity: expect.stringMatching(/^(?:major|minor)$/),
          location: { path: file, lines: { begin: expect.any(Number), end: expect.any(Number) } },
        });
      }
      expect(new Set(issues.map((issue: { fingerprint: string }) => issue.fingerprint)).size).toBe(issues.length);
    }
  });

  it('keeps the fingerprint when lines above come or go', async () => {
    const print = async (text: string) =>
      JSON.parse(diagnosticsGitlab(await reported(text))).map((issue: { fingerprint: string }) => issue.fingerprint);
    for (const text of wrong) {
      if (!/^[a-z]/.test(text)) continue;
      expect(await print(`# a line\n\n${text}`)).toEqual(await print(text));
    }
  });

  it('is an empty list when nothing is wrong, so that what was wrong is seen as resolved', () => {
    expect(diagnosticsGitlab({ file, diagnostics: [], texts: {} })).toBe('[]\n');
  });
});

describe('GitHub annotations', () => {
  it('escape what would end a message or a property', () => {
    const at = { line: 2, column: 3, offset: 9 };
    const diagnostic: Diagnostic = {
      code: 'AG201',
      severity: 'warning',
      message: '100%: a\r\nb, c',
      hint: 'next: one',
      file: 'a,b:c%.yaml',
      range: { start: at, end: { line: 2, column: 7, offset: 13 } },
      pointer: '',
      related: [],
    };
    expect(diagnosticsGithub({ file, diagnostics: [diagnostic], texts: {} })).toBe(
      '::warning file=a%2Cb%3Ac%25.yaml,line=2,col=3,endLine=2,endColumn=6,title=AG201::100%25: a%0D%0Ab, c%0Anext: next: one\n',
    );
  });

  it('take one line for each diagnostic', async () => {
    for (const text of wrong) {
      const { diagnostics } = await reported(text);
      const lines = diagnosticsGithub({ file, diagnostics, texts: {} }).trimEnd().split('\n');
      expect(lines).toHaveLength(diagnostics.length);
      for (const line of lines)
        expect(line).toMatch(/^::(?:error|warning) file=platform\/autogit\.yaml,line=\d+,col=\d+,/);
    }
  });
});

describe('the path of a report', () => {
  it('starts at the folder of the job', () => {
    expect(reportPath('/builds/home/platform/autogit.yaml', '/builds/home')).toBe('platform/autogit.yaml');
    expect(reportPath('./autogit.yaml', '/builds/home')).toBe('autogit.yaml');
    expect(reportPath('/etc/autogit.yaml', '/builds/home')).toBe('/etc/autogit.yaml');
  });
});

describe('colours', () => {
  it('are for terminals; NO_COLOR takes them away and FORCE_COLOR gives them to a pipe', () => {
    expect(wantsColour({}, true)).toBe(true);
    expect(wantsColour({}, false)).toBe(false);
    expect(wantsColour({ TERM: 'dumb' }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: '1' }, true)).toBe(false);
    expect(wantsColour({ FORCE_COLOR: '1' }, false)).toBe(true);
    expect(wantsColour({ FORCE_COLOR: '0' }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
  });
});

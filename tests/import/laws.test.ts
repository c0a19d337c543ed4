import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importPlatform, reportText } from '../../compiler/import-platform.ts';
import { readDocument } from '../../compiler/read/read-document.ts';
import { sampleFiles, samples } from './run-import.ts';

const texts = sampleFiles().map((path) => readFileSync(join(samples, path), 'utf8'));

/** A sample with some of its lines left out, doubled, or with other text in them. */
const mutated = fc
  .record({
    text: fc.constantFrom(...texts),
    edits: fc.array(
      fc.record({
        at: fc.nat(200),
        kind: fc.constantFrom('drop', 'double', 'indent', 'value', 'cut'),
        value: fc.constantFrom('{}', '[]', 'null', '1', '"$"', '$A', '*x', '&x', '- a', 'x: y', '!t', '<<: [a]', '~'),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ text, edits }) => {
    const lines = text.split('\n');
    for (const { at, kind, value } of edits) {
      const index = at % lines.length;
      const line = lines[index] ?? '';
      if (kind === 'drop') lines.splice(index, 1);
      else if (kind === 'double') lines.splice(index, 0, line);
      else if (kind === 'indent') lines[index] = `  ${line}`;
      else if (kind === 'cut') lines[index] = line.slice(0, at % (line.length + 1));
      else lines[index] = line.replace(/:.*$/, `: ${value}`);
    }
    return lines.join('\n');
  });

function imported(text: string) {
  return importPlatform(
    {
      file: 'compose.yaml',
      text,
      folder: '/srv/app',
      home: '/root',
      within: '',
      profiles: [],
      variables: {},
      look: () => ({ kind: 'absent' }),
    },
    { asServices: false, schema: './autogit.schema.json' },
  );
}

describe('importing', () => {
  it('any mutation of a real file ends with a platform that can be read, or with a place and a next step', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const result = imported(text);
        if (result.kind === 'refused') {
          expect(result.problems.length).toBeGreaterThan(0);
          for (const { line, message, next } of result.problems)
            expect(line >= 1 && line <= text.split('\n').length + 1 && message !== '' && next !== '').toBe(true);
          return;
        }
        const { document, diagnostics } = await readDocument({
          file: 'autogit.yaml',
          bytes: new TextEncoder().encode(result.text),
        });
        expect(diagnostics).toEqual([]);
        expect(document).toBeDefined();
        expect(reportText(result.report)).toContain('taken over');
      }),
      { numRuns: 400 },
    );
  });

  it('the same file gives the same bytes', () => {
    for (const text of texts) expect(JSON.stringify(imported(text))).toBe(JSON.stringify(imported(text)));
  });
});

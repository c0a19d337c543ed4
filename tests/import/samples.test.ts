import { describe, expect, it } from 'vitest';
import { compiled, importSample, sampleFiles } from './run-import.ts';

/** Files that are no platform on one host, with what is to be corrected by hand. */
const clashes: Readonly<Record<string, readonly string[]>> = {
  'kompose/env-multiple/compose.yaml': ['AG404', 'AG404'],
};

describe('Compose files that others wrote', () => {
  it.each(sampleFiles())('%s becomes a platform that compiles', async (path) => {
    const { text, report, folder, look } = importSample(path);
    await expect(text).toMatchFileSnapshot(`golden/${path.replaceAll('/', '--').replace(/\.ya?ml$/, '')}.yaml`);
    const { errors } = await compiled(text, folder, look);
    expect(errors.map((error) => error.slice(0, 5))).toEqual(clashes[path] ?? []);
    for (const { fate, why } of report.rows) expect(fate === 'taken' || (why ?? '') !== '', 'a reason').toBe(true);
    for (const { why } of report.rows) expect(why).not.toBe('this key is not known');
  });

  it('shows in one table what became of each', async () => {
    const rows = sampleFiles().map((path) => {
      const { report } = importSample(path);
      const { taken, changed, lost } = report.counts;
      const roles = Object.entries(report.roles).map(([role, service]) => `${service} → ${role}`);
      const services = [...report.services, ...roles].join(', ');
      return `| ${path} | ${services} | ${taken} | ${changed} | ${lost} | ${clashes[path]?.join(', ') ?? ''} |`;
    });
    const head = [
      '| file | services | taken over | changed | lost | refused |',
      '| --- | --- | ---: | ---: | ---: | --- |',
    ];
    await expect(`${[...head, ...rows].join('\n')}\n`).toMatchFileSnapshot('golden/table.md');
  });
});

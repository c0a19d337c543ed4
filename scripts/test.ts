/**
 * `npm test`: all suites that can run here, then a table of which ran against what. Names of suites as arguments run
 * those alone; `--list` says what could run; `--update` writes goldens and snapshots anew. With `CI=true` a skip fails.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { suites } from '../tests/suites.ts';
import { buildAll } from './build/build-all.ts';
import { formatTable } from './table.ts';
import { findAvailable } from './test/available.ts';
import { judge, report } from './test/report.ts';
import { runSuite, type SuiteResult } from './test/run-suite.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean', default: false }, update: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name));
const chosen = suites.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

if (unknown.length > 0) {
  console.error(
    `autogit: no suite is called ${unknown.join(', ')}; known: ${suites.map(({ name }) => name).join(', ')}`,
  );
  process.exitCode = 64;
} else if (values.list) {
  const rows = chosen.map(async (suite) => {
    const found = await findAvailable(root, suite);
    return [suite.name, found.ok ? found.what : `not here: ${found.reason}`, suite.about];
  });
  console.log(formatTable(await Promise.all(rows), ['suite', 'against', 'what it shows']));
} else {
  const results: SuiteResult[] = [];
  const buildTrouble = await build();
  for (const suite of chosen) results.push(await runSuite(root, suite, { update: values.update }));
  const judgement = judge(results, process.env.CI === 'true');
  console.log(report(results, judgement));
  if (buildTrouble !== undefined)
    console.log(`the build failed, so the suites ran against an older one: ${buildTrouble}`);
  process.exitCode = judgement.failed > 0 || buildTrouble !== undefined ? 1 : 0;
}

/** Some suites run the built command line. The bundler has printed the details when this returns a sentence. */
async function build(): Promise<string | undefined> {
  try {
    await buildAll(root);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

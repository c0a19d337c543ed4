/**
 * `npm run check`: everything about the source that needs no run of it, in one table. Names of checks as arguments
 * run those alone; `--fix` mends first what can be mended; `--list` names them.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checks } from './check/checks.ts';
import { type CheckResult, runChecks } from './check/run-checks.ts';
import { formatTable } from './table.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fix: { type: 'boolean', default: false }, list: { type: 'boolean', default: false } },
});

if (values.list) {
  console.log(formatTable(checks.map(({ name, about }) => [name, about])));
} else {
  const unknown = positionals.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    console.error(
      `autogit: no check is called ${unknown.join(', ')}; known: ${checks.map(({ name }) => name).join(', ')}`,
    );
    process.exitCode = 64;
  } else {
    const chosen = checks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    const results = await runChecks(chosen, { root, fix: values.fix });
    for (const result of results) if (!result.ok) printFailure(result);
    console.log(formatTable(results.map(tableRow)));
    process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
  }
}

function printFailure({ check, output }: CheckResult): void {
  console.log(`── ${check.name} ${'─'.repeat(Math.max(0, 100 - check.name.length))}`);
  console.log(`${output.trim()}\n`);
}

function tableRow({ check, ok, note, wallMs }: CheckResult): string[] {
  return [ok ? 'ok' : 'FAILED', check.name, note === '' ? check.about : note, `${(wallMs / 1000).toFixed(1)} s`];
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { importRules } from './import-rules.ts';
import type { CheckOptions, Finding } from './run-checks.ts';

const folders = ['schema', 'compiler', 'library', 'reconciler', 'cli', 'dashboard', 'bench', 'scripts', 'tests'];

/** Who imports whom in the tree at `root`, judged by the table of rooms. */
export async function cruiseImports(root: string): Promise<ICruiseResult> {
  const { forbidden, options } = importRules();
  const there = folders.filter((folder) => existsSync(join(root, folder)));
  const { enhancedResolveOptions, ...others } = options ?? {};
  const config = join(root, 'tsconfig.json');
  const result = await cruise(
    there,
    { ...others, baseDir: root, validate: true, ruleSet: { forbidden: forbidden ?? [] } },
    { ...enhancedResolveOptions },
    { tsConfig: existsSync(config) ? extractTsConfig(config) : {} },
  );
  if (typeof result.output === 'string') throw new Error('dependency-cruiser answered with text');
  return result.output;
}

/** One line per violation: rule, file, what it reaches, and why the rule exists. */
export async function checkImports({ root }: Pick<CheckOptions, 'root'>): Promise<Finding> {
  const { summary } = await cruiseImports(root);
  const lines = summary.violations.map(({ rule, from, to, cycle }) => {
    const target = cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ');
    return `${rule.name}: ${from}${target === from ? '' : ` → ${target}`}`;
  });
  return {
    ok: lines.length === 0,
    output: lines.join('\n'),
    note: `${summary.totalCruised} modules, ${summary.totalDependenciesCruised ?? 0} imports`,
  };
}

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { targets } from '../../compiler/targets.ts';
import { catalog } from '../../library/catalog.ts';
import { strictPolicy } from '../../reconciler/model/policy.ts';
import { parsePolicy } from '../../reconciler/observe/policy-file.ts';
import { desire } from '../../reconciler/plan/desire.ts';
import { policyViolations } from '../../reconciler/plan/policy.ts';
import { codeBlocks, documents } from './documents.ts';

const root = join(import.meta.dirname, '../..');
const page = 'docs/guides/operations.md';
const text = documents().find(({ path }) => path === page)?.text ?? '';
const [whole = '', ...others] = codeBlocks(text)
  .filter(({ info }) => info === 'yaml policy')
  .map(({ code }) => code);

describe('policy files in the guide to operations', () => {
  it('the first one names every key with the value that holds without a file', () => {
    expect(parsePolicy(whole, page)).toEqual({ ok: true, value: strictPolicy });
    expect(whole.match(/^\w+(?=:)/gm)).toEqual(Object.keys(strictPolicy));
  });

  it('the others are understood', () => {
    expect(others).toHaveLength(1);
    for (const other of others) expect(parsePolicy(other, page)).toMatchObject({ ok: true });
  });
});

describe('policies that the examples name', () => {
  it.each(['6-homelab', '7-gpu-lab'])('%s: without them the example is refused, with them it is not', async (name) => {
    const file = join(root, 'examples', name, 'autogit.yaml');
    const { platform, rendered } = await compile({
      file,
      bytes: readFileSync(file),
      catalog,
      targets,
      target: 'compose',
      read: async (path) => readFileSync(join(dirname(file), path)),
    });
    if (platform === undefined) throw new Error(`${file} does not compile`);
    const desired = desire({ revision: 'x', platform, projects: rendered?.projects ?? [], fingerprints: {} });
    const readme = readFileSync(join(dirname(file), 'README.md'), 'utf8');
    const [lines] = codeBlocks(readme).filter(({ info }) => info === 'yaml policy');
    const policy = parsePolicy(lines?.code ?? '', 'README.md');
    expect(policyViolations(desired, strictPolicy)).not.toEqual([]);
    expect(policy.ok && policyViolations(desired, policy.value)).toEqual([]);
  });
});

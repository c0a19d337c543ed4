import { describe, expect, it } from 'vitest';
import { strictPolicy } from '../../reconciler/model/policy.ts';
import { parsePolicy } from '../../reconciler/observe/policy-file.ts';
import { codeBlocks, documents } from './documents.ts';

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

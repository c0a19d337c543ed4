import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { roles } from '../../compiler/model/roles.ts';
import { catalog } from '../../library/catalog.ts';
import { judgeAll } from '../language/judge.ts';

type Tree = Record<string, unknown>;

const filled = Object.keys(roles).filter((role) => catalog.some((component) => component.role === role));

describe('who follows the hints', () => {
  it.each(filled)('and needs a role that is not there ends with a file that compiles: %s', async (role) => {
    const tree: Tree = {
      name: 'home',
      domain: 'home.lan',
      services: { app: { image: 'app:1', needs: { [role]: 'started' } } },
    };
    expect((await errorsOf(tree)).map(({ code }) => code)).toContain('AG301');
    let errors = await errorsOf(tree);
    for (let round = 0; round < 4 && errors.length > 0; round++) {
      for (const { hint } of errors) add(tree, hint ?? '');
      errors = await errorsOf(tree);
    }
    expect(errors).toEqual([]);
  });
});

async function errorsOf(tree: Tree) {
  const { diagnostics } = await judgeAll(stringify(tree));
  return diagnostics.filter(({ severity }) => severity === 'error');
}

/** ``add `dns: { … }` ``, and ``add `directory: lldap` under `sso` ``: as a person would take it from the terminal. */
function add(tree: Tree, hint: string): void {
  const [, snippet = '', under, , beside = '{}'] =
    /add `([^`]+)`(?: under `([^`]+)`)?( and `([^`]+)`)?/.exec(hint) ?? [];
  expect(snippet, hint).not.toBe('');
  Object.assign(under === undefined ? tree : (tree[under] as Tree), parse(snippet));
  Object.assign(tree, parse(beside));
}

/** Every component as the contract uses it, read by docker compose. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../../compiler/compile.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { componentFiles } from '../../contract/component-files.ts';
import { composeConfig } from './compose-config.ts';

const uses = Object.entries(componentFiles).flatMap(([use, { minimal, full }]) => [
  { use, form: 'minimal', rest: minimal },
  { use, form: 'full', rest: full },
]);

describe.each(uses)('$use in its $form form', ({ rest }) => {
  it('is read without an error or a warning, service by service', async () => {
    const bytes = Buffer.from(`name: home\ndomain: home.lan\ntarget: compose\n${rest}`);
    const { diagnostics, rendered } = await compile({ file: 'autogit.yaml', bytes, catalog, targets });
    expect(diagnostics).toEqual([]);
    const projects = rendered?.projects ?? [];
    expect(projects.length).toBeGreaterThan(0);
    for (const { folder, model } of projects) {
      const manifests = rendered?.manifests.filter(({ path }) => path.startsWith(`${folder}/`)) ?? [];
      const answer = await composeConfig(manifests, { COMPOSE_PROFILES: 'jobs', ...valuesFor(manifests) });
      expect([folder, answer.exitCode, answer.stderr]).toEqual([folder, 0, '']);
      const { services } = answer.model as unknown as { readonly services: object };
      expect(Object.keys(services).sort()).toEqual(Object.keys(model.services).sort());
    }
  });
});

/** A value for each secret that a project asks its environment for. */
function valuesFor(manifests: readonly { readonly text: string }[]): Readonly<Record<string, string>> {
  const names = manifests.flatMap(({ text }) => text.match(/(?<=\$\{)AUTOGIT_SECRET_\w+/g) ?? []);
  return Object.fromEntries(names.map((name) => [name, 'value']));
}

import { describe, expect, it } from 'vitest';
import { compile } from '../../../compiler/compile.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { bytesOf, cases } from '../../compiler/cases.ts';
import { composeConfig } from './compose-config.ts';

describe.each(cases())('$name', (each) => {
  it('is read by docker compose without an error or a warning, on each of its hosts', async () => {
    const { rendered } = await compile({ ...each, bytes: bytesOf(each), catalog, targets, target: 'compose' });
    const projects = rendered?.projects ?? [];
    expect(projects.length).toBeGreaterThan(0);
    for (const { folder, model } of projects) {
      const manifests = rendered?.manifests.filter(({ path }) => path.startsWith(`${folder}/`)) ?? [];
      const answer = await composeConfig(manifests, { COMPOSE_PROFILES: 'jobs' });
      expect([folder, answer.exitCode, answer.stderr]).toEqual([folder, 0, '']);
      const services = (answer.model as unknown as { readonly services: object }).services;
      expect(Object.keys(services).sort()).toEqual(Object.keys(model.services).sort());
    }
  });
});

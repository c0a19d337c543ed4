import { describe, expect, it } from 'vitest';
import { compile } from '../../../compiler/compile.ts';
import type { ComposeModel } from '../../../compiler/model/compose-project.ts';
import { targets } from '../../../compiler/targets.ts';
import { catalog } from '../../../library/catalog.ts';
import { bytesOf, cases } from '../../compiler/cases.ts';
import { largestFile } from '../../targets/largest-file.ts';
import { machineFile } from '../../targets/machine-file.ts';
import { composeConfig } from './compose-config.ts';
import { asked, understood } from './understood.ts';

const files = [
  ...cases(),
  { name: 'every field of a service', file: 'autogit.yaml', text: machineFile, target: 'compose' as const },
  { name: 'the largest quantities', file: 'autogit.yaml', text: largestFile, target: 'compose' as const },
];

describe.each(files)('what docker compose understands of $name', (each) => {
  it('is what we meant, service by service and field by field', async () => {
    const bytes = 'text' in each ? new TextEncoder().encode(each.text) : bytesOf(each);
    const { rendered, diagnostics } = await compile({ ...each, bytes, catalog, targets, target: 'compose' });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (const { folder, model } of rendered?.projects ?? []) {
      const manifests = rendered?.manifests.filter(({ path }) => path.startsWith(`${folder}/`)) ?? [];
      const answer = await composeConfig(manifests, { COMPOSE_PROFILES: 'jobs' });
      expect([answer.exitCode, answer.stderr]).toEqual([0, '']);
      const read = answer.model as unknown as ComposeModel & {
        readonly services: Readonly<Record<string, Parameters<typeof understood>[0]>>;
      };
      expect(Object.keys(read.services).sort()).toEqual(Object.keys(model.services).sort());
      for (const [key, service] of Object.entries(model.services)) {
        expect(understood(read.services[key] ?? {}), key).toEqual(asked(service));
      }
      expect(read.volumes ?? {}).toEqual(model.volumes);
      expect(withoutDefaults(read.networks)).toEqual(model.networks);
    }
  });

  it('leaves jobs that come at their times to a profile of their own', async () => {
    const bytes = 'text' in each ? new TextEncoder().encode(each.text) : bytesOf(each);
    const { rendered } = await compile({ ...each, bytes, catalog, targets, target: 'compose' });
    for (const { folder, model } of rendered?.projects ?? []) {
      const manifests = rendered?.manifests.filter(({ path }) => path.startsWith(`${folder}/`)) ?? [];
      const { model: read } = await composeConfig(manifests);
      const lasting = Object.keys(model.services).filter((key) => model.services[key]?.profiles === undefined);
      expect(Object.keys((read as unknown as ComposeModel).services).sort()).toEqual(lasting.sort());
    }
  });
});

/** `ipam: {}` says nothing. */
function withoutDefaults(networks: Readonly<Record<string, object>>): object {
  return Object.fromEntries(
    Object.entries(networks).map(([key, network]) => {
      const { ipam: _ipam, ...rest } = network as { readonly ipam?: object };
      return [key, rest];
    }),
  );
}

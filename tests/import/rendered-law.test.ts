import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ComposeModel, ComposeProject } from '../../compiler/model/compose-project.ts';
import { compiled, importText } from './run-import.ts';
import { soundFiles } from './sound-files.ts';

/** What the policy of a host is asked for is named, because a machine without one refuses it. */
const asksThePolicy = /of the host/;

it('what AutoGit rendered and reads back renders to the same model, and the report has nothing to say', {
  timeout: 300_000,
}, async () => {
  const seen = { files: 0, links: 0, jobs: 0, schedules: 0, gpus: 0, waits: 0 };
  await fc.assert(
    fc.asyncProperty(soundFiles, async (file) => {
      const { errors, rendered } = await compiled(JSON.stringify(file));
      if (errors.length > 0) return;
      const project = rendered?.projects?.[0] as ComposeProject;
      const text = rendered?.manifests.find(({ path }) => path === `${project.folder}/compose.yaml`)?.text ?? '';
      const look = filesOf(project);
      const imported = importText(text, { look }, true);
      const again = await compiled(imported.text, '/srv/app', look);
      expect(again.errors).toEqual([]);
      const other = again.rendered?.projects?.[0] as ComposeProject;
      expect(inOrder(other.model)).toEqual(inOrder(project.model));
      const told = imported.report.rows.filter(({ fate, why = '' }) => fate !== 'taken' && !asksThePolicy.test(why));
      expect(told).toEqual([]);
      const services = Object.values(project.model.services);
      seen.files += 1;
      seen.links += Object.values(project.model.networks).filter(
        ({ name }) => !/-(?:alone|outside)$/.test(name),
      ).length;
      seen.jobs += services.filter((each) => each['x-autogit-job']?.at === 'once').length;
      seen.schedules += services.filter(({ profiles }) => profiles !== undefined).length;
      seen.gpus += services.filter(({ deploy }) => deploy.resources.reservations !== undefined).length;
      seen.waits += services.filter(({ depends_on }) => depends_on !== undefined).length;
    }),
    { numRuns: 150 },
  );
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(5);
  expect(seen.files).toBeGreaterThan(100);
});

function filesOf({ files }: ComposeProject) {
  return (path: string) => {
    const own = `./${path.slice('/srv/app/'.length)}`;
    return Object.hasOwn(files, own)
      ? { kind: 'text' as const, text: files[own] as string }
      : { kind: 'absent' as const };
  };
}

/** Ports and mounts are sets: the file names them, and the names are not rendered. */
function inOrder(model: ComposeModel): unknown {
  const sorted = <T>(list: readonly T[] | undefined) =>
    list === undefined ? undefined : [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const services = Object.entries(model.services).map(([key, { ports, volumes, ...rest }]) => [
    key,
    { ...rest, ports: sorted(ports), volumes: sorted(volumes) },
  ]);
  return { ...model, services: Object.fromEntries(services) };
}

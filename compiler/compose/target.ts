import type { ComposeProject } from '../model/compose-project.ts';
import type { Platform } from '../model/platform.ts';
import type { Manifest, Rendered, Target } from '../model/target.ts';
import { acceptedLosses, findingsOf } from './findings.ts';
import type { PatchedProjects } from './patches.ts';
import { projectOf } from './project.ts';
import { composeText } from './text.ts';

/** Renders one Compose project for each Docker host: `compose/<host>/compose.yaml` and its config files. */
export const target: Target = {
  name: 'compose',
  render: async (platform) => renderCompose(platform),
};

async function renderCompose(platform: Platform): Promise<Rendered> {
  const { projects, findings } = await patched(
    platform.hosts.flatMap((host) => projectOf(platform, host) ?? []),
    platform,
  );
  const accepted = acceptedLosses(platform);
  return {
    manifests: projects.flatMap((project) => [composeManifest(project), ...configManifests(platform, project)]),
    findings: [...findingsOf(platform), ...findings],
    projects,
    ...(accepted.length === 0 ? {} : { accepted }),
  };
}

/** Most files patch nothing, and then nothing is loaded for it. */
async function patched(projects: readonly ComposeProject[], platform: Platform): Promise<PatchedProjects> {
  if ((platform.patches ?? []).length === 0) return { projects, findings: [] };
  return (await import('./patches.ts')).patchProjects(projects, platform);
}

function composeManifest(project: ComposeProject): Manifest {
  const path = `${project.folder}/compose.yaml`;
  return { id: path, kind: 'compose', path, text: composeText(project), origin: '' };
}

function configManifests(platform: Platform, project: ComposeProject): readonly Manifest[] {
  const origins = new Map(
    platform.configs.map(({ workload, file, origin }) => [`./configs/${workload}/${file}`, origin]),
  );
  return Object.entries(project.files).map(([file, text]) => {
    const path = `${project.folder}/${file.slice('./'.length)}`;
    return { id: path, kind: 'config', path, text, origin: origins.get(file) ?? '' };
  });
}

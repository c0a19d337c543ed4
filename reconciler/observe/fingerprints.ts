import type { ComposeProject } from '../../compiler/model/compose-project.ts';
import type { Platform } from '../../compiler/model/platform.ts';
import type { CommitFiles } from '../model/commit-files.ts';
import type { SecretReader } from '../ports/secrets.ts';

/** Fingerprints of the secrets that containers get, and why the others could not be read, both by secret id. */
export async function readFingerprints(input: {
  readonly platform: Platform;
  readonly projects: readonly ComposeProject[];
  readonly secrets: SecretReader;
  /** Files of the commit that the platform is made of. */
  readonly files: CommitFiles | undefined;
}): Promise<{
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly missing: Readonly<Record<string, string>>;
}> {
  const { platform, projects, secrets, files } = input;
  const used = new Set(projects.flatMap(usedSecrets));
  const read = await Promise.all(
    platform.secrets
      .filter(({ id }) => used.has(id))
      .map(async ({ id, source }) => [id, await secrets.fingerprint(id, source, files)] as const),
  );
  return {
    fingerprints: Object.fromEntries(read.flatMap(([id, result]) => (result.ok ? [[id, result.value]] : []))),
    missing: Object.fromEntries(read.flatMap(([id, result]) => (result.ok ? [] : [[id, result.failure.detail]]))),
  };
}

function usedSecrets({ model }: ComposeProject): readonly string[] {
  return Object.values(model.services).flatMap((service) => [
    ...(service.secrets ?? []).map(({ source }) => source),
    ...Object.values(service.environment ?? {}).flatMap((value) => (typeof value === 'string' ? [] : [value.secret])),
  ]);
}

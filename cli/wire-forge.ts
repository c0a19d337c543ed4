import type { Forge, Platform } from '../compiler/model/platform.ts';
import { LOAD_SOURCES } from '../reconciler/load/sources.ts';
import type { CommitFiles } from '../reconciler/model/commit-files.ts';
import { fail, type Result } from '../reconciler/model/result.ts';
import type { Secret } from '../reconciler/model/secret.ts';
import { createCommitStatus } from '../reconciler/notify/commit-status.ts';
import { repositoryOf } from '../reconciler/notify/repository.ts';
import type { Clock } from '../reconciler/ports/clock.ts';
import type { ForgePorts } from '../reconciler/ports/reconciler.ts';
import type { SecretReader } from '../reconciler/ports/secrets.ts';

export interface ForgeWiring {
  readonly secrets: SecretReader;
  readonly clock: Clock;
  /** Clone address of the repository that is followed; absent for a watched file. */
  readonly followed: string | undefined;
}

/**
 * What the platform's forge offers: its job queue, its runner registrations, and commit statuses when the repository
 * that is followed lies on it. The token is read before each call.
 */
export function forgePorts(wiring: ForgeWiring): (platform: Platform, files: CommitFiles | undefined) => ForgePorts {
  let known: { readonly key: string; readonly ports: ForgePorts } | undefined;
  return (platform, files) => {
    if (platform.forge === undefined) return {};
    // Made once per forge: a source remembers which scope its token reads, and when it first saw a job.
    const source = platform.secrets.find((secret) => secret.id === platform.forge?.token)?.source;
    const tokenFile = source?.kind === 'sops' ? files?.[source.path] : undefined;
    const key = JSON.stringify([platform.forge, source, tokenFile, platform.pools.length === 0]);
    if (known?.key !== key) known = { key, ports: makePorts(platform, platform.forge, files) };
    return known.ports;
  };

  function makePorts(platform: Platform, forge: Forge, files: CommitFiles | undefined): ForgePorts {
    const token = (): Promise<Result<Secret>> => tokenOf(platform, forge.token, wiring.secrets, files);
    const common = { url: forge.url, token, fetch: globalThis.fetch, clock: wiring.clock };
    const repository = wiring.followed === undefined ? undefined : repositoryOf(wiring.followed);
    const owner = repository?.ok === true ? repository.value : undefined;
    const onForge = owner?.forge === undefined || owner.forge === forge.url;
    const scope = owner !== undefined && onForge ? { repository: owner } : {};
    const ports = LOAD_SOURCES[forge.kind]({ ...common, ...scope });
    const notifier = owner !== undefined && onForge ? createCommitStatus({ ...common, repository: owner }) : undefined;
    return {
      ...(platform.pools.length === 0 ? {} : { loadSource: ports.load, runnerService: ports.runners }),
      ...(notifier === undefined ? {} : { notifier }),
    };
  }
}

async function tokenOf(
  platform: Platform,
  id: string,
  secrets: SecretReader,
  files: CommitFiles | undefined,
): Promise<Result<Secret>> {
  const declared = platform.secrets.find((secret) => secret.id === id);
  if (declared === undefined)
    return fail('rejected', `the secret ${id} of the forge is not declared; add it under secrets`);
  return secrets.value(id, declared.source, files);
}
